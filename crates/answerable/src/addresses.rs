//! Where a call comes from, for limits. Behind a proxy that is what the proxy says.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use desk::limits::Address;

/// The address of the caller, if the connection is known.
pub(crate) fn of(request: &Request) -> Option<Address> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
    Some(Address::of(if is_ours(peer) { told(request.headers()).unwrap_or(peer) } else { peer }))
}

/// Whether the peer is a proxy of ours: on this machine or in a private network. Nobody else is believed.
fn is_ours(peer: IpAddr) -> bool {
    match peer {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    }
}

/// The last address the proxy has added; what stands before it was written by the caller.
fn told(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    let last = last.rsplit(',').next()?.trim();
    last.parse().ok().or_else(|| last.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn seen(peer: &str, forwarded: Option<&str>) -> String {
        let mut request = Request::builder().uri("/");
        if let Some(forwarded) = forwarded {
            request = request.header("X-Forwarded-For", forwarded);
        }
        let mut request = request.body(Body::empty()).unwrap();
        let peer: IpAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer, 7)));
        of(&request).unwrap().as_str().to_owned()
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed_and_only_its_own_word() {
        assert_eq!(seen("192.0.2.7", Some("198.51.100.1")), "192.0.2.7");
        assert_eq!(seen("127.0.0.1", Some("203.0.113.9, 198.51.100.1")), "198.51.100.1");
        assert_eq!(seen("10.0.0.2", Some("198.51.100.1:4711")), "198.51.100.1");
        assert_eq!(seen("127.0.0.1", Some("unknown")), "127.0.0.1");
        assert_eq!(seen("::1", None), "0:0:0:0");
    }
}
