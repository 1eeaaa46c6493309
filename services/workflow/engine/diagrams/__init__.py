"""A diagram as the engine understands it: BPMN XML read into plain values, once, before anything else looks at it.

`model` holds the values, `dialect` is the only reader of extension elements, `reading` reads a file. Checks and the
building of runnable specifications work on the model and never see XML.
"""
