"""Changes to drawings that change nothing else: byte for byte the file stays as it was, layout and all.

`pages` knows where every element stands in a file and edits it there; `fixes` mends what lint finds and can be mended
without asking; `translating` turns what other engines' tools write into our dialect.
"""
