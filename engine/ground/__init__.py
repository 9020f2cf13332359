"""What every noun stands on: prepared statements, paging, idempotency keys, files, counting of time."""
