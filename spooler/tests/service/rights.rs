// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who may what: every route with every right, with all but those, and with none.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use cardwright_spooler::service::auth::Right::{self, Administer, Erase, Operate, Put, See};

use crate::house::House;

/// Every route that takes a token, and the rights that are good for it.
const TABLE: [(&str, &str, &[Right]); 28] = [
    ("POST", "/v1/orders", &[Put]),
    ("GET", "/v1/orders", &[See]),
    ("POST", "/v1/batches", &[Put]),
    ("POST", "/v1/find", &[Put, See]),
    ("GET", "/v1/orders/7", &[Put, See]),
    ("DELETE", "/v1/orders/7", &[Erase]),
    ("POST", "/v1/orders/7/cancel", &[Put, Operate]),
    ("POST", "/v1/orders/7/retry", &[Operate]),
    ("POST", "/v1/orders/7/release", &[Operate]),
    ("POST", "/v1/orders/7/spoiled", &[Operate]),
    ("POST", "/v1/orders/7/lost", &[Operate]),
    ("POST", "/v1/orders/7/destroyed", &[Operate]),
    ("POST", "/v1/orders/7/returned", &[Operate]),
    ("POST", "/v1/orders/7/another-card", &[Operate]),
    ("GET", "/v1/receipts", &[Put, See]),
    ("GET", "/v1/receipts/events", &[Put, See]),
    ("POST", "/v1/receipts/delivered", &[Put]),
    ("GET", "/v1/floor", &[See]),
    ("GET", "/v1/readers", &[See]),
    ("POST", "/v1/readers/none/away", &[Operate]),
    ("POST", "/v1/readers/none/back", &[Operate]),
    ("POST", "/v1/station/pause", &[Operate]),
    ("POST", "/v1/station/resume", &[Operate]),
    ("GET", "/v1/lots/lot", &[See]),
    ("POST", "/v1/lots/lot", &[Administer]),
    ("GET", "/v1/blocked", &[Administer]),
    ("GET", "/v1/audit", &[Administer]),
    ("GET", "/metrics", &[See]),
];

async fn status(house: &House, method: &str, path: &str, token: Option<&str>) -> StatusCode {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let request = request.header(header::CONTENT_TYPE, "application/json");
    house.send(request.body(Body::from("{}")).unwrap()).await.status()
}

#[tokio::test]
async fn a_right_is_good_for_its_routes_and_for_no_other() {
    let house = House::new();
    for (method, path, rights) in TABLE {
        for right in Right::ALL {
            let status = status(&house, method, path, Some(house.token(right))).await;
            let let_in = ![StatusCode::FORBIDDEN, StatusCode::UNAUTHORIZED].contains(&status);
            assert_eq!(let_in, rights.contains(&right), "{method} {path} {right:?}: {status}");
        }
        for token in [None, Some(""), Some("cw_0"), Some(&house.all[1..])] {
            let status = status(&house, method, path, token).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
        }
    }
}

/// The table of the documentation names each route with the same rights.
#[test]
fn the_documentation_tells_the_same_rights() {
    let page = include_str!("../../../docs/service.md");
    let rows: Vec<_> = page.lines().filter(|line| line.starts_with("| `")).collect();
    for (method, path, rights) in TABLE {
        let path =
            path.replace("/7", "/{order}").replace("/none", "/{reader}").replace("/lot", "/{lot}");
        let path = path.replace("/{lot}s/{lot}", "/lots/{lot}");
        // Several deeds stand in one row, by their last part.
        let (_, last) = path.rsplit_once('/').unwrap();
        let names = |row: &&&str| {
            let whole = row.contains(&format!("`{method} {path}`"))
                || row.contains(&format!("`{method} {path}?"));
            let part = row.contains(&format!("`{last}`")) && row.contains(&format!("`{method} "));
            whole || part
        };
        let row = rows.iter().find(names).unwrap_or_else(|| panic!("{method} {path} is not told"));
        let told = row.trim_end_matches('|').trim().rsplit('|').next().unwrap().trim();
        let names: Vec<_> = rights.iter().map(|right| right.name()).collect();
        assert_eq!(told, names.join(" or "), "{method} {path}");
    }
}

#[tokio::test]
async fn health_needs_no_token() {
    let house = House::new();
    for path in ["/health", "/health/ready", "/health/live"] {
        assert_eq!(status(&house, "GET", path, None).await, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn the_page_needs_a_session_and_a_form_its_proof() {
    let house = House::new();
    for path in ["/", "/order/1"] {
        let response = house.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{path}");
        assert_eq!(response.headers()[header::LOCATION], "/login");
        assert!(response.headers().contains_key(header::CONTENT_SECURITY_POLICY), "{path}");
    }
    let enter = |token: &str| {
        Request::post("/login")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("token={token}")))
            .unwrap()
    };
    assert_eq!(house.send(enter("cw_wrong")).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(house.send(enter("")).await.status(), StatusCode::UNAUTHORIZED);
    // Another site signs nobody in, under whoever's token.
    let mut theirs = enter(house.token(Operate));
    theirs.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(house.send(theirs).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(house.send(enter(house.token(Put))).await.status(), StatusCode::FORBIDDEN);
    let entered = house.send(enter(house.token(Operate))).await;
    let kept = entered.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(kept.contains("HttpOnly") && kept.contains("SameSite=Strict"), "{kept}");
    let cookie = kept.split(';').next().unwrap().to_owned();
    let look = |cookie: String| {
        Request::get("/").header(header::COOKIE, cookie).body(Body::empty()).unwrap()
    };
    assert_eq!(house.send(look(cookie.clone())).await.status(), StatusCode::OK);
    // One letter of it is otherwise, or it is somebody else's.
    let (name, value) = cookie.split_once('=').unwrap();
    let (at, rest) = value.split_once('.').unwrap();
    let other = if at == "0" { "1" } else { "0" };
    for forged in [
        format!("{name}={other}.{rest}"),
        format!("{name}={at}.9{rest}"),
        cookie[..cookie.len() - 1].to_owned(),
    ] {
        let response = house.send(look(forged)).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
    }
    let act = Request::post("/do")
        .header(header::COOKIE, &cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("deed=pause&proof=guessed"));
    let answer = house.as_asked(act.unwrap()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(house.get("/v1/floor").await.json()["paused"], false);
    // Somebody kept a copy of the cookie; after signing out it is good for nothing, however it is spelt.
    let leave = || Request::post("/logout").header(header::COOKIE, &cookie).body(Body::empty());
    for _ in 0..2 {
        assert_eq!(house.send(leave().unwrap()).await.status(), StatusCode::SEE_OTHER);
    }
    for copy in [cookie.clone(), format!("{name}={at}.{}", rest.to_uppercase())] {
        assert_eq!(house.send(look(copy)).await.status(), StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn sessions_of_one_token_that_begin_together_end_one_by_one() {
    let house = House::new();
    let enter = || {
        Request::post("/login")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("token={}", house.token(Operate))))
            .unwrap()
    };
    let mut cookies = Vec::new();
    for _ in 0..2 {
        let entered = house.send(enter()).await;
        let kept = entered.headers()[header::SET_COOKIE].to_str().unwrap();
        cookies.push(kept.split(';').next().unwrap().to_owned());
    }
    let leave = Request::post("/logout").header(header::COOKIE, &cookies[0]).body(Body::empty());
    assert_eq!(house.send(leave.unwrap()).await.status(), StatusCode::SEE_OTHER);
    for (cookie, status) in cookies.iter().zip([StatusCode::SEE_OTHER, StatusCode::OK]) {
        let look = Request::get("/").header(header::COOKIE, cookie).body(Body::empty()).unwrap();
        assert_eq!(house.send(look).await.status(), status);
    }
}
