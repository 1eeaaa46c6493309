"""The way of a project through its permits (许可路线图, docs/domain.md §2.2): what needs what, and what is checked."""
