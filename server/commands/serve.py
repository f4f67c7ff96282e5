"""`doorstep serve`: check the machine, say where to go and how to sign in, and serve."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path

import click

from server import create_app
from server.commands.readiness import NotReady, check_data_dir, check_port
from server.commands.welcome import welcome
from server.db import db
from server.services.epochs import settle_epoch
from server.services.installation import is_initialised
from server.settings import Settings, SettingsError, read_settings
from server.workers import Address, serve

# Why history got a new name, for the operator who starts the server.
WHY = {
    "database_older": (
        "数据库比流水日志旧，已从日志补回。",
        "The database was older than its journal and was brought forward from it.",
    ),
    "database_other": (
        "数据库与流水日志不是同一份历史，旧日志已另存。",
        "Database and journal were not of one history; the old journal was set aside.",
    ),
    "restored": ("数据库由备份还原。", "The database was restored from a backup."),
    "cluster_other": (
        "数据库换了一个 PostgreSQL 实例。",
        "The database lives in another PostgreSQL cluster than before.",
    ),
    "timeline": (
        "PostgreSQL 实例经过了归档恢复。",
        "The PostgreSQL cluster was recovered from an archive.",
    ),
}

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("serve")
@click.option("--host", default="0.0.0.0", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--certificate", type=FILE, help="PEM file: serve HTTPS with this certificate.")
@click.option("--private-key", type=FILE, help="PEM file: the key of the certificate.")
@click.option("--check", is_flag=True, help="Only check whether the server could start.")
def command(
    host: str, port: int, certificate: Path | None, private_key: Path | None, check: bool
) -> None:
    """Serve the phones and the office. 启动服务器。"""
    if (certificate is None) != (private_key is None):
        raise click.UsageError("--certificate and --private-key go together")
    settings = ready_settings(host, port)
    if check:
        return
    address = Address(host=host, port=port, certificate=certificate, private_key=private_key)
    if not (settings.pwa_dir / "index.html").exists():
        raise NotReady(
            f"{settings.pwa_dir} 里没有手机端程序；请先运行 make pwa",
            f"There is no phone app in {settings.pwa_dir}; run: make pwa",
        )
    say_if_renewed(settings)
    text = welcome(settings, addresses(address))
    serve(settings, address, when_ready=lambda: click.echo(text))


def ready_settings(host: str, port: int) -> Settings:
    """The settings, once it is clear that port and data folder can be used."""
    try:
        settings = read_settings()
    except SettingsError as error:
        raise NotReady(
            f"设置有误，服务器没有启动，请对照 docs/settings.md：{error}",
            f"The settings are wrong and the server has not started: {error}",
        ) from error
    check_port(host, port)
    check_data_dir(settings.data_dir)
    return settings


def say_if_renewed(settings: Settings) -> None:
    """Before the first phone is answered: is this the database that was here before?"""
    with create_app(settings).app_context():
        if not is_initialised():
            return
        renewed = settle_epoch()
        db.engine.dispose()  # gunicorn forks: a connection must not be shared with its processes
    if renewed is not None:
        zh, en = WHY.get(renewed.why.partition(":")[0], WHY["restored"])
        click.echo(
            f"\n！！{zh}历史编号改为 {renewed.epoch}，手机会自动再传服务器缺少的记录。\n"
            f"!! {en} History is now called {renewed.epoch}; phones will send again whatever"
            " the server lacks.\n",
            err=True,
        )


def addresses(address: Address) -> list[str]:
    """The URLs under which the server can be reached: this machine first, then the network."""
    scheme = "https" if address.certificate else "http"
    anywhere = ipaddress.ip_address(address.host).is_unspecified if _is_ip(address.host) else False
    hosts = ["localhost", *network_hosts()] if anywhere else [address.host]
    return [f"{scheme}://{host}:{address.port}" for host in hosts]


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def network_hosts() -> list[str]:
    """The addresses of this machine in its own network. Sends nothing."""
    found: set[str] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Choosing a route for a datagram socket sends nothing; the address is a reserved one.
            probe.connect(("192.0.2.1", 9))
            found.add(probe.getsockname()[0])
        except OSError:
            pass
    try:
        found.update(socket.gethostbyname_ex(socket.gethostname())[2])
    except OSError:
        pass
    return sorted(host for host in found if not ipaddress.ip_address(host).is_loopback)
