"""The rules of the deploy gate. `catalogue.toml` holds their words; each module checks one part of a diagram.

`engine_rules` are what the engine needs to run a diagram right; `house_rules` are what the office asks besides.
"""
