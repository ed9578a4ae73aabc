"""Start the exchange emulator; exchange_emulator/README.md explains it."""

import argparse
import asyncio
import sys
from pathlib import Path

from exchange_emulator import seed, server, world


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    options.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        directory = seed.load(options.seed)
        http, https = server.bind(options.http_port), server.bind(options.https_port)
    except seed.SeedError as error:
        return _failed(str(error))
    except OSError as error:
        ports = f"{options.http_port} and {options.https_port}"
        return _failed(f"cannot listen on the ports {ports} of 127.0.0.1: {error.strerror}")
    made = world.create(options.data_dir, directory, latency=options.latency_ms / 1000)
    made.http_url = options.http_url or f"http://localhost:{http[0].getsockname()[1]}"
    made.https_url = options.https_url or f"https://localhost:{https[0].getsockname()[1]}"
    asyncio.run(server.serve(made, http, https, record=options.record))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="exchange_emulator", description=__doc__)
    parser.add_argument("--http-port", type=int, default=8025)
    parser.add_argument("--https-port", type=int, default=8026)
    parser.add_argument("--data-dir", type=Path, required=True, help="certificates and mailboxes")
    parser.add_argument("--latency-ms", type=float, default=0, help="added to every request")
    parser.add_argument("--seed", type=Path, help="JSON: tenants, apps, users")
    parser.add_argument("--http-url", help="how clients reach the http port, if not localhost")
    parser.add_argument("--https-url", help="how clients reach the https port, if not localhost")
    parser.add_argument("--record", type=Path, help="append every exchange to this file, as JSON")
    return parser


def _failed(reason: str) -> int:
    sys.stderr.write(f"exchange_emulator: {reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
