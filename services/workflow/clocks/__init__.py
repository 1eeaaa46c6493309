"""The clocks of a case: ledgers of start, hold, resume, extend and stop, and what follows from them."""
