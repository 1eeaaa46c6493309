"""The window (报建窗口): the only way in and out for a case, its receipt, and what the public may know of it."""
