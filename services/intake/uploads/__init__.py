"""Papers as files: taken in, told by their content, scanned, kept, and given out to those who may see them."""
