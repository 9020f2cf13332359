"""What pages receive: forms, uploads and requests of applicants, read and judged."""
