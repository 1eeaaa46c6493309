"""Law as rules of the gate: each article that a drawing can break is declared in `rules.py` and proven on every way.

`docs/law.md` lists article, rule and where else it is checked. What cannot be proven, because a body is not played to
its end or a text is not understood, is not found fault with: the same law is asked again when the case runs.
"""
