"""The engine: what a diagram says happens next. Pure, and the only importer of SpiffWorkflow.

`models` says what goes in and comes out, `bundles` turns the files of a definition into a runnable bundle or into
findings, `run` starts an instance and applies commands to it, `pool` does both outside the event loop.
"""
