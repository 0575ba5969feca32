"""Where a webhook may lead. Pure, but for the networks that a setting lets in."""

from ipaddress import ip_network

import pytest

from recotem.retraining.addresses import Refused, check_address, check_url

INWARDS = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:db8::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", INWARDS)
def test_an_address_that_leads_inwards_is_refused_however_it_is_written(address):
    with pytest.raises(Refused, match="public"):
        check_address(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::1.1.1.1"]
)
def test_a_public_address_is_taken(address):
    check_address(address)


def test_only_the_networks_that_are_named_are_let_in(settings):
    settings.WEBHOOK_PRIVATE_NETWORKS = [ip_network("10.20.0.0/16")]
    check_address("10.20.3.4")
    check_address("::ffff:10.20.3.4")
    for address in ("10.21.0.1", "169.254.169.254", "127.0.0.1"):
        with pytest.raises(Refused):
            check_address(address)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/hook",
        "ftp://example.org/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http:///hook",
        "https://user:word@example.org/",
        "https://@example.org/",
        "https://example.org/#part",
        "https://example.org:99999/",
        "https://example.org:x/",
        "https://exa mple.org/",
        "https://example.org/\r\nX-Evil: 1",
        "https://example.org/\x00",
        "https://[::1/",
        "https://b\u00fccher.example/",
        "http://127.0.0.1/",
        "http://[::1]:8000/",
        "http://169.254.169.254/latest/meta-data/",
    ],
)
def test_what_is_no_address_to_post_to_is_refused(url):
    with pytest.raises(Refused, match=r"\.$|#"):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "https://hooks.example.org:8443/a/b?c=d",
        "https://xn--bcher-kva.example/",
        "https://1.1.1.1/",
    ],
)
def test_an_address_to_post_to_is_taken(url):
    check_url(url)
