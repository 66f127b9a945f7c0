"""DORA's five metrics, and what batch size has to do with them, from what the ledger tells of releases. Pure.

The words are those of DORA's guide "DORA's software delivery performance metrics" and of its reports "Accelerate State
of DevOps" 2023 (failed deployment recovery time) and 2024 (rework rate). Nothing is ranked, and nothing is told of
persons. What is not known is said to be not known: no data is never 0.
"""
