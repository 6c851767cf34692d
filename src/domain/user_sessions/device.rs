//! What a device is called: the program and the system of a user agent (`DeviceType`, `DeviceName`).

/// Programs by what their user agents carry; the first that fits names it. Browsers that claim to be
/// others stand before those.
const PROGRAMS: [(&str, &str); 20] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("aws-cli/", "AWS CLI"),
    ("Boto3/", "Boto3"),
    ("Botocore/", "Botocore"),
    ("aws-amplify/", "Amplify"),
    ("aws-sdk-js/", "AWS SDK for JavaScript"),
    ("aws-sdk-java/", "AWS SDK for Java"),
    ("aws-sdk-go-v2/", "AWS SDK for Go"),
    ("aws-sdk-rust/", "AWS SDK for Rust"),
    ("okhttp/", "okhttp"),
    ("python-requests/", "Requests"),
    ("curl/", "curl"),
];

/// Systems, likewise.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("inux", "Linux"),
];

/// `Chrome 126, Windows`; `unknown` when the agent says nothing that we know.
pub fn name(agent: &str) -> String {
    let program = PROGRAMS.iter().find_map(|(mark, name)| {
        let (_, rest) = agent.split_once(mark)?;
        let version: String = rest.chars().take_while(char::is_ascii_digit).collect();
        Some(format!("{name} {version}").trim_end().to_owned())
    });
    let system = SYSTEMS.iter().find(|(mark, _)| agent.contains(mark));
    let system = system.map(|(_, name)| (*name).to_owned());
    match (program, system) {
        (Some(program), Some(system)) => format!("{program}, {system}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn agents_are_told_by_program_and_system() {
        for (agent, told) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
                "Chrome 126, Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.1",
                "Edge 126, Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1",
                "Safari 17, iOS",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
                "Firefox 127, Linux",
            ),
            (
                "Boto3/1.44.5 md/Botocore#1.44.5 os/linux#6.1",
                "Boto3 1, Linux",
            ),
            ("curl/8.5.0", "curl 8"),
            ("", "unknown"),
            ("\u{1F600}", "unknown"),
        ] {
            assert_eq!(name(agent), told, "{agent}");
        }
    }
}
