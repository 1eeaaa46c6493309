"""Guihua: the permit work of a municipal planning bureau, one package per service."""
