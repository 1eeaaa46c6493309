"""`make run`: NATS, MongoDB and every service on one machine, with demo data, a demo clock and the command line."""
