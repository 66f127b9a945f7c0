"""Everything that must survive a restart: inbox, work, ledger."""
