"""Decision tables (DMN 1.3 as Camunda Modeler and dmn-js draw them), with our own FEEL.

`feel` reads FEEL into a tree, `reckoning` gives a tree its value, `tables` holds a table and answers by its hit
policy, `reading` reads a file, `overlaps` says at deploy which rules can match at once.
"""
