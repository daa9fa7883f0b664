"""Commands that run a program: the windows, the demonstration, the exchange."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    """Add the commands of this module."""
    client = commands.add_parser("client", help="打开客户端窗口")
    client.add_argument("--home", type=Path, metavar="DIR", help="客户端数据文件夹（默认为本用户的）")
    client.set_defaults(run=_client)

    train = commands.add_parser("train", help="练习模式：示例数据，不连接真正的交换中心")
    train.add_argument("--home", type=Path, metavar="DIR", help="客户端数据文件夹（默认为本用户的）")
    train.set_defaults(run=_train)

    view = commands.add_parser("view", help="查看一份OFD或PDF文件（不需要登录）")
    view.add_argument("file", type=Path, metavar="FILE")
    view.add_argument("--home", type=Path, metavar="DIR", help="客户端数据文件夹，其中的根证书用于核验印章")
    view.set_defaults(run=_view)

    demo = commands.add_parser("demo", help="演示：收发员的一整天，从人工查收到交接、统计")
    demo.add_argument("--headless", action="store_true", help="不显示窗口，只留下截图和报告")
    demo.add_argument("--out", type=Path, metavar="DIR", help="截图、打印件和 report.json 的去处")
    demo.add_argument("--document", type=Path, metavar="FILE", help="自选公文（.ofd .pdf .txt .toml）")
    demo.set_defaults(run=_demo)

    serve = commands.add_parser(
        "serve", help="运行交换中心（参数同 gongwen-server serve）", add_help=False, prefix_chars="\0"
    )
    serve.add_argument("options", nargs=argparse.REMAINDER)
    serve.set_defaults(run=_serve)


def _client(arguments: argparse.Namespace) -> int:
    from gongwen_client.ui.program import main  # Qt is loaded only when windows are wanted

    return main([] if arguments.home is None else ["--home", str(arguments.home)])


def _train(arguments: argparse.Namespace) -> int:
    from gongwen_client.ui.program import main

    return main(["--training"] + ([] if arguments.home is None else ["--home", str(arguments.home)]))


def _view(arguments: argparse.Namespace) -> int:
    from gongwen_client.ui.viewing import view

    return view(arguments.file, arguments.home)


def _demo(arguments: argparse.Namespace) -> int:
    from gongwen_client.demo import run

    return run.run(arguments.out, arguments.document, headless=arguments.headless)


def _serve(arguments: argparse.Namespace) -> int:
    """The exchange is a program of its own: the client knows it only by its command line."""
    command = [sys.executable, "-m", "gongwen_server.cli", "serve", *arguments.options]
    return subprocess.run(command, check=False).returncode
