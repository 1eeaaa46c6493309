"""The one small language of conditions, timers, scripts and collections.

It looks like Python and is a closed subset of it: what is not named in `grammar` is refused at deploy. A text is
parsed once into plain functions of ours and never handed to Python's own `eval` or `exec`, so there is nothing to
escape into. Values are JSON plus dates; dates are written as ISO text when they are stored.
"""
