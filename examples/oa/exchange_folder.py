"""An office system in one file: what arrives goes into folders, what lies in a folder is sent.

    python examples/oa/exchange_folder.py https://exchange.example:8765 --inbox IN --outbox OUT

Client id and secret come from GONGWEN_OA_ID and GONGWEN_OA_SECRET. ``OUT/NAME.json`` is a document to send:
its title, body, attachments (files beside it), recipients and profile; it is renamed to NAME.sent once the
exchange has it.

Where the region demands encryption: ``--unit CODE --key FILE.gwenc --trust FOLDER --sending FOLDER``, the key
file's password in GONGWEN_OA_KEY_PASSWORD; needs gongwen_crypto and gongwen_protocol beside gongwen_oa.
When the exchange was restored from a backup, it stops with ``log.restored``; once the platform has confirmed
that by telephone, a person runs it once with ``--agree-to-restoration``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongwen_oa import OaClient, OaFile, pushed

if TYPE_CHECKING:
    from gongwen_oa.secrecy import SecretMail


def pull(client: OaClient, inbox: Path, check: str | None, secret: SecretMail | None) -> int:
    """Store every waiting document, then confirm it: the receipt comes last."""
    count = 0
    while waiting := client.inbox():
        for document in waiting:
            folder = inbox / document["document_id"]
            folder.mkdir(parents=True, exist_ok=True)
            files = [document["body"], *document["attachments"]]
            targets = [folder / f"{number}{Path(file['name']).suffix}" for number, file in enumerate(files)]
            if "cipher" in document["body"] and document["body"]["cipher"] is not None:
                if secret is None:
                    raise SystemExit("公文已加密，请指定 --unit、--key、--trust 和 --sending")
                secret.open(document, targets)
            else:
                for file, target in zip(files, targets, strict=True):
                    client.fetch(file["digest"], file["size"], target)
            write_whole(folder / "document.json", document)
            checks = look(document, folder, check)
            delivery = document["deliveries"][0]["delivery_id"]
            if "failed" in checks.values():
                client.send_back(delivery, "seal_fault", "印章核验未通过")
                continue
            stored = [(file.get("cipher") or file)["digest"] for file in files]
            client.confirm(delivery, checks, stored, folder.name)
            print(f"收文：{document['elements']['title']}（{document['sender_name']}）")
            count += 1
    return count


def look(document: Any, folder: Path, check: str | None) -> dict[str, str]:
    """The checks of article 10. ``check`` is a command that verifies a body's seals (exit 0: good), such as
    ``gongwen verify``; without one nobody has looked, and that is what is said."""
    seal = "unknown"
    if check is not None:
        body = folder / f"0{Path(document['body']['name']).suffix}"
        done = subprocess.run([*check.split(), str(body)], check=False, stdout=subprocess.DEVNULL)
        seal = "ok" if done.returncode == 0 else "failed"
    return {
        "body": "ok",
        "attachments": "ok",
        "seal": seal,
        "layout": "unknown",
        "body_digest": document["body"]["digest"],
    }


def push(client: OaClient, outbox: Path, secret: SecretMail | None) -> int:
    """Send what lies in the outbox; what was sent and not yet renamed is not sent twice."""
    count = 0
    for note in sorted(outbox.glob("*.json")):
        wish = json.loads(note.read_text("utf-8"))
        if "document_id" not in wish:
            wish["document_id"] = uuid.uuid4().hex
            write_whole(note, wish)
        files = [OaFile(name, outbox / name) for name in (wish["body"], *wish.get("attachments", ()))]
        body, *attachments = [referred(client, file, secret) for file in files]
        document = pushed(
            wish["title"],
            body,
            wish["recipients"],
            profile=(wish["profile"][0], wish["profile"][1]),
            document_id=wish["document_id"],
            attachments=attachments,
            doc_number=wish.get("doc_number", ""),
        )
        if secret is None:
            client.push(document)
        else:
            secret.push(document, files)
        note.replace(note.with_suffix(".sent"))
        print(f"发文：{wish['title']}")
        count += 1
    return count


def referred(client: OaClient, file: OaFile, secret: SecretMail | None) -> Any:
    """A file as the document names it; a plain one is brought to the exchange at once."""
    if secret is None:
        return client.upload(file)
    from gongwen_oa.secrecy import reference

    return reference(file)


def secret_mail(client: OaClient, options: argparse.Namespace) -> SecretMail | None:
    """What opens and encrypts with the unit's key, where one is given."""
    if options.key is None:
        return None
    from gongwen_oa.secrecy import SecretMail

    mail = SecretMail(client, options.unit, options.trust, options.sending)
    mail.take_key(options.key, os.environ["GONGWEN_OA_KEY_PASSWORD"])
    return mail


def write_whole(path: Path, content: Any) -> None:
    """Readers see nothing or all of it, also after a power cut."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def main() -> None:
    """One round; a scheduler calls it as often as the region's rules ask for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("url")
    parser.add_argument("--inbox", type=Path, required=True)
    parser.add_argument("--outbox", type=Path, required=True)
    parser.add_argument("--check", help="command that verifies a body, e.g. 'gongwen verify'")
    parser.add_argument("--ca", help="root certificate of the platform (PEM)")
    parser.add_argument("--unit", help="code of the unit whose key it is")
    parser.add_argument("--key", type=Path, help="its encryption key (.gwenc)")
    parser.add_argument("--trust", type=Path, help="folder with the authorities' certificates")
    parser.add_argument("--sending", type=Path, help="folder for what is being encrypted")
    parser.add_argument("--agree-to-restoration", action="store_true", help="confirmed by telephone")
    options = parser.parse_args()
    secret = os.environ["GONGWEN_OA_SECRET"]
    client = OaClient(options.url, os.environ["GONGWEN_OA_ID"], secret, verify=options.ca or True)
    try:
        mail = secret_mail(client, options)
        if mail is not None and options.agree_to_restoration:
            said = mail.agree_to_restoration()
            print(f"已同意从 {said.backup_at:%Y-%m-%d %H:%M}（UTC）的备份继续，请核对其后收发的公文")
        received = pull(client, options.inbox, options.check, mail)
        sent = push(client, options.outbox, mail)
    finally:
        client.close()
    print(f"收文 {received} 件，发文 {sent} 件")


if __name__ == "__main__":
    main()
