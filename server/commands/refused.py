"""A Problem as the command line says it: what is so and what to do, in Chinese and English."""

from __future__ import annotations

import click

from sync.problems import Problem


class Refused(click.ClickException):
    """A refusal. Shown without a traceback; exit code 1."""

    def __init__(self, problem: Problem) -> None:
        zh, en = problem.zh + problem.next_zh, f"{problem.en} {problem.next_en}"
        super().__init__(f"{zh}\n{en}")

    def show(self, file: object = None) -> None:
        """Print the sentences to standard error."""
        click.echo(self.message, err=True)
