"""What the record says, and the code that keeps it: files, checks, store, exports and the command line."""
