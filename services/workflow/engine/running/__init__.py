"""Running instances: SpiffWorkflow's tasks are our tokens.

`tokens` holds the instance and its tokens, the other modules what each kind of node does with a token. A token is
kept only while it is alive: history belongs to the journal, so an instance does not grow with its age.
"""
