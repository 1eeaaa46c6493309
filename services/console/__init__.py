"""The screens: sessions and server-rendered pages. Owns no business rule and no case data."""
