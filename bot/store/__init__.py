"""What must survive a restart: deliveries, work, decisions and releases, in SQLite or PostgreSQL."""
