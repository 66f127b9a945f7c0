"""The rules that a pull request is judged by: one module, one rule, one class. Pure: no I/O, no clock."""
