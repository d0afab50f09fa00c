"""Addresses: which are some, their normal form, how they are shown, and which numbers the public network has."""

from pathlib import Path

import httpx
import pytest

from lsqa.errors import DocumentError
from lsqa.ingest.addresses import is_address, is_public, parse_address, shown


@pytest.mark.parametrize(
    "given", ["https://a.example/x.pdf", "HTTP://a.example", "ftp://a.example/x", "file:///etc/passwd", "s3://b/k"]
)
def test_what_has_a_scheme_is_an_address(given: str) -> None:
    assert is_address(given)


@pytest.mark.parametrize(
    "given",
    [
        "plan.pdf",
        "/data/plan.pdf",
        "C://data/plan.pdf",
        r"C:\plan.pdf",
        "a b://c",
        "://a",
        "",
        Path("https://a.example"),
    ],
)
def test_what_has_none_is_a_path(given: object) -> None:
    assert not is_address(given)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("HTTPS://WWW.Example.JP/A.pdf", "https://www.example.jp/A.pdf"),
        ("https://example.jp", "https://example.jp/"),
        ("https://example.jp:443/a", "https://example.jp/a"),
        ("http://example.jp:80/a", "http://example.jp/a"),
        ("http://example.jp:8080/a", "http://example.jp:8080/a"),
        ("https://example.jp./a", "https://example.jp/a"),
        ("https://example.jp/a#page=3", "https://example.jp/a"),
        ("https://example.jp/a?b=%2F&c=1", "https://example.jp/a?b=%2F&c=1"),
        ("https://例え.jp/予算 案.pdf", "https://xn--r8jz45g.jp/%E4%BA%88%E7%AE%97%20%E6%A1%88.pdf"),
        ("http://[2001:DB8::1]/a", "http://[2001:db8::1]/a"),
        ("http://[2001:db8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("https://example.jp/a@b//c@d", "https://example.jp/a@b//c@d"),
        ("https://example.jp/%0d%0aX: y", "https://example.jp/%0d%0aX:%20y"),
    ],
)
def test_an_address_has_one_normal_form(text: str, normal: str) -> None:
    assert str(parse_address(text)) == normal
    assert str(parse_address(normal)) == normal


@pytest.mark.parametrize("text", ["ftp://a.example/x", "file:///etc/passwd", "gopher://a.example:70/_x", "plan.pdf"])
def test_another_scheme_is_refused(text: str) -> None:
    with pytest.raises(DocumentError, match="no http:// or https:// address — download the file"):
        parse_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://",
        "https:///a.pdf",
        "https://?a",
        "https://.",
        "https://a..example/",
        "https://a.example../",
        f"https://{'a' * 64}.example/",
        "https://a.example:0/",
        "https://a.example:65536/",
        "https://a.example:99999999999/",
        "https://a.example:x/",
        "https://a.example:-1/",
        "http://0177.0.0.1/",
        "http://999.1.1.1/",
        "http://[::1/",
        "http://[::g]/",
        "http://a.example/\r\nHost: b.example",
        "http://a.example\t/",
        "http://a.example/\x00",
        "http://a.example/\udce3",
        "https://-\u3000-.jp/",
        "https://a.example/" + "a" * 70_000,
    ],
)
def test_what_cannot_be_an_address_is_refused_in_one_printable_line(text: str) -> None:
    with pytest.raises(DocumentError) as refused:
        parse_address(text)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize(
    "text",
    [
        "https://minister:s3cret@a.example/x",
        "https://s3cret@a.example/x",
        "https://:s3cret@a.example",
        r"https://a.example\s3cret@b.example/x",
        "ftp://minister:s3cret@a.example/x",
        "https://minister:s3cret@@a.example/x",
    ],
)
def test_a_user_or_password_is_refused_and_never_shown(text: str) -> None:
    with pytest.raises(DocumentError) as refused:
        parse_address(text)
    assert "s3cret" not in str(refused.value)
    assert "s3cret" not in shown(text)
    assert "example" in shown(text)


def test_an_address_is_shown_printable_and_not_endless() -> None:
    assert shown(httpx.URL("https://例え.jp/a")) == "https://xn--r8jz45g.jp/a"
    assert shown("https://a.example/\x1b[2J\u202efdp.exe\n") == "https://a.example/�[2J�fdp.exe�"
    assert len(shown("https://a.example/" + "a" * 1000)) == 201


@pytest.mark.parametrize(
    "number",
    [
        "8.8.8.8",
        "93.184.215.14",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.1",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2001:4860:4860::8888",
        "2400:4050::1",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_a_number_of_the_public_network_is_public(number: str) -> None:
    assert is_public(number)


@pytest.mark.parametrize(
    "number",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808",
        "100::1",
        "2001::1",
        "2001:0:7f00:1::",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:808:808::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700:4700::1111%1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_any_other_number_is_not_public(number: str) -> None:
    assert not is_public(number)
