"""What the records come to, as of any day: counted when asked, never kept as numbers."""
