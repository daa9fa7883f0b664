"""SM2 (GB/T 32918) in plain Python: the fallback of verification and the oracle of tests.

Verification handles public values only, so its running time tells nothing secret. Everything here that
takes a private key or a nonce is *not* constant in time: the chain of additions follows the secret's bits,
and Python's integers take longer when they are longer. Tests use it with the numbers of the published
examples; keys of the product sign and decrypt in their token or in libcrypto.
"""

from __future__ import annotations

from operator import xor

from gongwen_crypto import sm3

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)

Affine = tuple[int, int]
# Jacobian coordinates: x = X/Z², y = Y/Z³; Z = 0 is the point at infinity.
_Jacobian = tuple[int, int, int]
_INFINITY: _Jacobian = (1, 1, 0)


def on_curve(point: Affine) -> bool:
    """Whether both coordinates are reduced and satisfy y² = x³ + ax + b."""
    x, y = point
    return 0 <= x < P and 0 <= y < P and (y * y - (x * x * x + A * x + B)) % P == 0


def _double(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    if not y or not z:
        return _INFINITY
    yy = y * y % P
    s = 4 * x * yy % P
    zz = z * z % P
    m = 3 * (x - zz) * (x + zz) % P  # 3x² + a·z⁴ with a = -3
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * yy * yy) % P, 2 * y * z % P


def _add(left: _Jacobian, right: _Jacobian) -> _Jacobian:
    if not left[2]:
        return right
    if not right[2]:
        return left
    x1, y1, z1 = left
    x2, y2, z2 = right
    z1z1, z2z2 = z1 * z1 % P, z2 * z2 % P
    u1, u2 = x1 * z2z2 % P, x2 * z1z1 % P
    s1, s2 = y1 * z2 * z2z2 % P, y2 * z1 * z1z1 % P
    if u1 == u2:
        return _double(left) if s1 == s2 else _INFINITY
    h, r = u2 - u1, s2 - s1
    hh = h * h % P
    hhh = h * hh % P
    v = u1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - s1 * hhh) % P, h * z1 * z2 % P


def _affine(point: _Jacobian) -> Affine | None:
    x, y, z = point
    if not z:
        return None
    inverse = pow(z, -1, P)
    square = inverse * inverse % P
    return x * square % P, y * square * inverse % P


def _sum_of_products(s: int, t: int, point: Affine) -> Affine | None:
    """sG + tP by Shamir's trick: one chain of doublings for both products."""
    base: _Jacobian = (*G, 1)
    other: _Jacobian = (*point, 1)
    both = _add(base, other)
    result = _INFINITY
    for bit in range(max(s.bit_length(), t.bit_length()) - 1, -1, -1):
        result = _double(result)
        choice = (s >> bit & 1) | (t >> bit & 1) << 1
        if choice:
            result = _add(result, (base, other, both)[choice - 1])
    return _affine(result)


def multiply_base(scalar: int) -> Affine | None:
    """scalar·G, or None for the point at infinity."""
    return _sum_of_products(scalar, 0, G)


def multiply(scalar: int, point: Affine) -> Affine | None:
    """scalar·point, or None for the point at infinity."""
    return _sum_of_products(0, scalar, point)


def verify_digest(point: Affine, e: int, r: int, s: int) -> bool:
    """Whether (r, s) signs the digest ``e`` = SM3(Z‖M) under the public ``point`` (GB/T 32918.2 7.1)."""
    if not on_curve(point) or not 0 < r < N or not 0 < s < N:
        return False
    t = (r + s) % N
    if t == 0:
        return False
    result = _sum_of_products(s, t, point)
    return result is not None and (e + result[0]) % N == r


def sign_digest(private: int, e: int, k: int) -> tuple[int, int] | None:
    """(r, s) of digest ``e`` with nonce ``k``; None when this nonce must not be used (GB/T 32918.2 6.1)."""
    kg = multiply_base(k)
    if kg is None:
        return None
    r = (e + kg[0]) % N
    if r == 0 or r + k == N:
        return None
    s = pow(1 + private, -1, N) * (k - r * private) % N
    return (r, s) if s else None


def encrypt(point: Affine, message: bytes, k: int) -> tuple[Affine, bytes, bytes] | None:
    """C1, C3 and C2 of ``message`` with nonce ``k``; None when it must not be used (GB/T 32918.4 6.1)."""
    c1, shared = multiply_base(k), multiply(k, point)
    if c1 is None or shared is None:
        return None
    masked = _mask(shared, message)
    return None if masked is None else (c1, _check(shared, message), masked)


def decrypt(private: int, c1: Affine, c3: bytes, c2: bytes) -> bytes | None:
    """The message, or None when the ciphertext was not made for this key (GB/T 32918.4 7.1)."""
    shared = multiply(private, c1) if on_curve(c1) else None
    message = None if shared is None else _mask(shared, c2)
    return message if shared and message is not None and _check(shared, message) == c3 else None


def _mask(shared: Affine, data: bytes) -> bytes | None:
    """``data`` under the key stream; None where the stream is all zero, which the standard forbids."""
    stream = sm3.derive(_octets(shared[0]) + _octets(shared[1]), len(data))
    return bytes(map(xor, data, stream)) if any(stream) else None


def _check(shared: Affine, message: bytes) -> bytes:
    return sm3.digest(_octets(shared[0]) + message + _octets(shared[1]))


def _octets(number: int) -> bytes:
    return number.to_bytes(32, "big")
