"""`doorstep tend`: what only time settles, and messages that wait. For a timer."""

from __future__ import annotations

import click

from server import create_app
from server.clock import now_ms
from server.services.close_lanes import close_lanes
from server.services.forget_evictions import forget_evictions
from server.services.hand_overs import tend_hand_overs
from server.services.outbox import http_sender, relay
from server.services.tend import branch_ids, tend
from server.services.uploads import forget_partials
from server.services.wire_files import forget_old_files
from server.settings import read_settings


@click.command("tend")
def command() -> None:
    """Judge again what waited for 48 hours, send messages, end grace, forget what is old."""
    settings = read_settings()
    judged = sent = 0
    with create_app(settings).app_context():
        for branch_id in branch_ids():
            judged += tend(branch_id)
            tend_hand_overs(branch_id)
            forget_evictions(branch_id)
            close_lanes(branch_id)
            if settings.message_url:
                sent += relay(branch_id, http_sender(settings.message_url))
        forgotten = forget_partials()
        forget_old_files(settings.data_dir, now_ms())
    click.echo(f"重新处理 {judged} 条记录，发出 {sent} 条短信。")
    click.echo(f"{judged} events were judged again, {sent} messages went out.")
    if forgotten:
        click.echo(f"{forgotten} 张照片传了一半，六十天没有动静，已清除；手机会从头再传。")
        click.echo(f"{forgotten} photos that nobody went on with for 60 days begin anew.")
