"""Process packages: each a folder of diagrams, tables, forms and documents, with the handlers only it needs."""
