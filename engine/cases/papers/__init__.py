"""What a case holds and hands out: materials, documents, notices, publicity, pushes."""
