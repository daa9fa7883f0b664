"""What encryption costs: a 100 MB file there and back, and envelopes for many units. Prints a table.

PYTHONPATH=src python benchmarks/secrecy.py
"""

from __future__ import annotations

import base64
import resource
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gongwen_client.domain.drafts import LocalFile
from gongwen_client.exchange.files import digest_file
from gongwen_client.exchange.protecting import Protector, seal_letters, statement_of
from gongwen_crypto import envelope, stream
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.paths import TrustStore, build_path
from gongwen_crypto.software import SoftwareSigner
from gongwen_protocol.letters import file_context, read_letter
from gongwen_protocol.messages import Elements, FileReference, Recipient, RecipientRole, SendRequest

SIZE = 100 * 2**20
UNITS = (93, 1000, 10000)
CERTIFICATES = 50  # the same ones again and again: wrapping costs the same for each


def main() -> None:
    """Print both tables."""
    now = datetime.now(UTC)
    root = make_root(Subject("根", "根"), now - timedelta(days=1), now + timedelta(days=9))
    holders = []
    for number in range(CERTIFICATES):
        holder = SoftwareSigner.generate()
        subject = Subject(f"单位{number}", f"单位{number}")
        der = issue(root, subject, holder.public_key, Usage.ENCRYPTION, now, now + timedelta(days=9))
        holders.append(holder.with_certificate(der))
    certificates = [Certificate.load(holder.certificate_der) for holder in holders]
    with tempfile.TemporaryDirectory() as folder:
        request, keys = file_table(Path(folder), holders[0], certificates[0])
    print("\n| units | envelopes, s of processor | per unit, ms | bytes per unit | judging certificates, s |")
    print("|---|---|---|---|---|")
    trust = TrustStore((Certificate.load(root.certificate_der),))
    statement = statement_of(request, "001")
    for count in UNITS:
        readers = {f"U{number}": certificates[number % CERTIFICATES] for number in range(count)}
        begin = time.process_time()
        for certificate in readers.values():
            build_path(certificate, trust, now)
        judged = time.process_time() - begin
        begin = time.process_time()
        envelopes = seal_letters(statement, keys, readers)
        spent = time.process_time() - begin
        size = sum(len(one.model_dump_json()) for one in envelopes) // count
        print(f"| {count} | {spent:.2f} | {spent / count * 1000:.2f} | {size} | {judged:.2f} |")


def file_table(
    folder: Path, holder: SoftwareSigner, certificate: Certificate
) -> tuple[SendRequest, tuple[bytes, ...]]:
    """Encrypt and decrypt a file of ``SIZE`` bytes; the message and its keys."""
    path = folder / "body.ofd"
    with path.open("wb") as file:
        for _ in range(SIZE // 2**20):
            file.write(b"gongwen!" * (2**20 // 8))
    body = FileReference(name="body.ofd", digest=digest_file(path), size=SIZE)
    request = SendRequest(
        document_id=uuid.uuid4().hex,
        elements=Elements(title="量一量"),
        body=body,
        recipients=(Recipient(unit_code="002", role=RecipientRole.MAIN, copies=1),),
        profile_id="ordos-2018",
        end_to_end=True,
    )
    before = peak()
    begin, wall = time.process_time(), time.perf_counter()
    protector = Protector(folder / "sending")
    local = LocalFile(body.name, path, SIZE, body.digest)
    ready = protector.make(request, "001", [local], {"002": certificate}, lambda: None)
    encrypting, encrypting_wall = time.process_time() - begin, time.perf_counter() - wall
    statement = statement_of(ready, "001")
    sealed = base64.b64decode(ready.envelopes[0].sealed)
    keys = read_letter(envelope.open_with(sealed, certificate, holder.key), statement, "002")
    begin, wall = time.process_time(), time.perf_counter()
    with protector.ciphers(ready)[0].path.open("rb") as source, (folder / "plain").open("wb") as target:
        for piece in stream.decrypt(keys[0], source, file_context(statement, 0)):
            target.write(piece)
    decrypting, decrypting_wall = time.process_time() - begin, time.perf_counter() - wall
    assert digest_file(folder / "plain") == body.digest
    print("| 100 MB | s of processor | s by the clock | MB/s |")
    print("|---|---|---|---|")
    megabytes = SIZE / 2**20
    for what, spent, passed in (
        ("encrypt, digest, write", encrypting, encrypting_wall),
        ("decrypt, write", decrypting, decrypting_wall),
    ):
        print(f"| {what} | {spent:.2f} | {passed:.2f} | {megabytes / spent:.0f} |")
    print(f"\nextra memory for both: {peak() - before:.1f} MB")
    return ready, keys


def peak() -> float:
    """The most memory that was resident so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
