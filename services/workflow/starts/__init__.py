"""Cases that no window received: begun by a message, a date or a signal, numbered and on record here."""
