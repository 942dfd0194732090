"""What stands in front of the register: read by nginx itself, Caddy's by its rules and by Caddy where it is installed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
CADDY = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")


def directives(name: str) -> list[str]:
    return re.findall(rf"^\s*{name}\s+(.*);$", NGINX, re.MULTILINE)


def test_nginx_drops_what_a_visitor_claims_of_their_address() -> None:
    headers = dict(each.split(maxsplit=1) for each in directives("proxy_set_header"))
    assert headers["X-Forwarded-For"] == "$remote_addr"
    assert headers["X-Forwarded-Proto"] == "$scheme"
    assert headers["Host"] == "$http_host"
    assert "$proxy_add_x_forwarded_for" not in NGINX


def test_nginx_lets_websockets_stay_open_and_uploads_through() -> None:
    assert directives("proxy_read_timeout") == ["1h"]
    assert (
        "$http_upgrade"
        in dict(each.split() for each in directives("proxy_set_header") if " " in each)["Upgrade"]
    )
    (largest,) = directives("client_max_body_size")
    page = (DEPLOY.parent / "pages/extracts/exchange.py").read_text(encoding="utf-8")
    (megabytes,) = re.findall(r"UPLOAD_MEGABYTES = .*?(\d+)$", page, re.MULTILINE)
    assert int(largest.removesuffix("m")) > int(megabytes)


def test_nginx_writes_no_query_into_its_log() -> None:
    (line,) = directives("log_format school_register")
    assert "$logged_uri" in line
    assert not re.search(r"\$(request_uri|args|query_string|request\b(?!_)|http_referer)", line)


def test_no_secret_address_is_written_into_a_log() -> None:
    for place in ("/ical/", "/letters/", "/my-school/"):
        assert f"~^{place} {place}-;" in NGINX
    (look, left) = re.search(r"request>uri regexp (\S+) (\S+)", CADDY).groups()  # type: ignore[union-attr]
    for address, logged in (
        ("/ical/secret.ics", "/ical/"),
        ("/letters/x?y", "/letters/"),
        ("/my-school/Schedule/1000", "/my-school/"),
        ("/family/5?week=1", "/family/5?"),
    ):
        assert re.sub(look, left.replace("$1", r"\1"), address) == logged


@pytest.mark.parametrize("words", [NGINX, CADDY], ids=["nginx", "caddy"])
def test_a_proxy_talks_to_this_machine_over_tls_only_outside(words: str) -> None:
    assert "127.0.0.1:8501" in words
    assert "max-age=31536000" in words
    assert all(each in words for each in ("metrics", "agent", "journal.school.example"))


def test_caddy_trusts_no_other_proxy() -> None:
    assert "\ttrusted_proxies" not in CADDY
    assert "header_up" not in CADDY
    assert CADDY.count("{\n") == len(re.findall(r"^\t*}$", CADDY, re.MULTILINE))


def test_caddy_reads_its_configuration() -> None:
    if not shutil.which("caddy"):
        pytest.skip("no caddy here")
    subprocess.run(["caddy", "validate", "--config", DEPLOY / "Caddyfile"], check=True)
