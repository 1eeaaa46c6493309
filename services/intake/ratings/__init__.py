"""Ratings (好差评): one a case, by whoever has its password or the link given at delivery; a bad one is followed up."""
