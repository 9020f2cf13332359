"""The processes that stay: ``onewindow serve`` for the pages and the API, ``onewindow worker`` for the jobs."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from engine import errors
from web.cli.database import open_database
from web.process import Dispatcher, prepare
from web.settings import Settings, UnsafeSettings, from_environment

THREADS = 48
"""Requests worked on at once; a stream of live counts holds one for as long as its page is open."""

SECONDS_TO_STOP = 10

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
port_option = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port.")


@click.command("serve")
@host_option
@port_option
def serve_command(host: str, port: int) -> None:
    """Serve pages and API, and dispatch jobs unless ONEWINDOW_SCHEDULER=0. Stops gracefully on SIGTERM and Ctrl-C."""
    serve(host, port)


def serve(host: str, port: int) -> None:
    """Serve until the process is told to stop.

    Raises
    ------
    click.ClickException
        If the settings are unsafe, the port is taken or the database is not ready; nothing was started.
    """
    os.environ.setdefault("ONEWINDOW_BASE_URL", f"http://localhost:{port}")
    settings = read_settings()
    refuse_taken_port(host, port)
    open_database(settings.database_url).dispose()
    click.echo(f"OneWindow: http://{host}:{port}  (stop with Ctrl-C)")
    logging.getLogger("_granian").addFilter(_not_about_threads)
    server = Granian(
        "web.serving:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        blocking_threads=THREADS,
        workers_kill_timeout=SECONDS_TO_STOP,
        websockets=False,
        log_level=LogLevels.warning,
    )
    # A terminal that is closed stops what it started; the server takes that signal for a wish to reload.
    server.signal_handler_reload = server.signal_handler_interrupt  # type: ignore[method-assign]
    server.serve()


@click.command("worker")
def worker_command() -> None:
    """Dispatch jobs in a process of its own, for servers that run with ONEWINDOW_SCHEDULER=0."""
    settings = read_settings()
    open_database(settings.database_url).dispose()
    try:
        dispatcher = Dispatcher(prepare(settings))
    except errors.EngineError as error:
        raise click.ClickException(str(error)) from error
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    if not dispatcher.start():
        raise click.ClickException(
            f"Process {dispatcher.holder()} dispatches the jobs of this SQLite file already. Start the server with "
            "ONEWINDOW_SCHEDULER=0 to leave them to a worker, or use PostgreSQL to run several."
        )
    click.echo("The worker dispatches jobs  (stop with Ctrl-C)")
    stopped.wait()
    dispatcher.stop()


def read_settings() -> Settings:
    """Return the settings of the environment.

    Raises
    ------
    click.ClickException
        If the process must not start with them.
    """
    try:
        return from_environment()
    except UnsafeSettings as problem:
        raise click.ClickException(str(problem)) from problem


def refuse_taken_port(host: str, port: int) -> None:
    """Say in a sentence that the address cannot be listened on.

    Raises
    ------
    click.ClickException
        If another program listens there, or the address is not one of this machine.
    """
    try:
        kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as problem:
        raise click.ClickException(
            f"Port {port} of {host} cannot be used: {problem.strerror}. Choose another one, "
            f"for example make run PORT={port + 1}."
        ) from problem


def _not_about_threads(record: logging.LogRecord) -> bool:
    """Most of our threads wait for a stream's next event; the server's rule of thumb is about threads that work."""
    return "spawning up to" not in record.getMessage()
