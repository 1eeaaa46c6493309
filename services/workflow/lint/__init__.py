"""Lint: what the bureau asks of a process bundle beyond what the engine needs to run it.

Usable without any server: `lint_folder("bpmn/pt05")`. The deploy gate uses the same rules.
"""

from services.workflow.lint.linting import lint_files, lint_folder

__all__ = ["lint_files", "lint_folder"]
