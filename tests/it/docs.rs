//! The pages that are made from the code say what the code says, and links lead somewhere.
//!
//! `UPDATE=1 cargo nextest run docs` writes the generated pages again.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Arg, Command, CommandFactory};
use poolhouse::cli::Cli;
use poolhouse::wire::call::CallerKind;
use poolhouse::wire::operation::{Operation, Service};
use serde_json::Value;

const AGAIN: &str = "UPDATE=1 cargo nextest run docs";

#[test]
fn docs_coverage_is_that_of_the_operations_tables() {
    let mut page = format!(
        "<!-- Generated from the operations tables: do not edit. {AGAIN} writes it again. -->\n\n\
         # Coverage\n\n\
         One row for each operation of the public model (botocore 1.44.5). `works` answers as Cognito \
         does,\nbut for what [differences.md](differences.md) says. `501` answers HTTP 501 with\n\
         `NotImplementedException`, and does nothing.\n\n\
         *Caller* is who may call: `public` knows an app client's id, `token` holds an access token, \
         `session`\nis in the middle of a sign-in, `client` shows a client secret, `IAM` signs with \
         AWS credentials (dev mode\naccepts any). The audit log knows the operation by its audit name.\n",
    );
    table(
        &mut page,
        "User pools (`cognito-idp`)",
        &poolhouse::api::SERVICE,
    );
    table(
        &mut page,
        "Identity pools (`cognito-identity`)",
        &poolhouse::identity::SERVICE,
    );
    table(
        &mut page,
        "Keys of custom senders (`kms`)",
        &poolhouse::kms::SERVICE,
    );
    compare("docs/coverage.md", &page);
}

fn table(page: &mut String, title: &str, service: &Service) {
    let count = service.operations.len();
    write!(
        page,
        "\n## {title}: {count} operations\n\n\
         | operation | state | caller | body limit | audit name |\n\
         |---|---|---|---|---|\n"
    )
    .unwrap();
    for operation in service.operations {
        writeln!(page, "{}", row(operation)).unwrap();
    }
}

fn row(operation: &Operation) -> String {
    let state = if operation.handler.is_some() {
        "works"
    } else {
        "501"
    };
    let caller = match operation.caller {
        CallerKind::Public => "public",
        CallerKind::Token => "token",
        CallerKind::TokenOrSession => "token or session",
        CallerKind::Iam => "IAM",
        CallerKind::IamOrClient => "IAM or client",
    };
    let limit = match (operation.body_limit >> 20, operation.body_limit & 0xf_ffff) {
        (mebibytes, 0) => format!("{mebibytes} MiB"),
        _ => format!("{} KiB", operation.body_limit >> 10),
    };
    let name = operation.name;
    format!("| {name} | {state} | {caller} | {limit} | {name} |")
}

#[test]
fn docs_configuration_is_that_of_the_command_line() {
    let mut program = Cli::command();
    program.build();
    let mut page = format!(
        "<!-- Generated from the command line: do not edit. {AGAIN} writes it again. -->\n\n\
         # Configuration\n\n\
         A flag on the command line wins over its environment variable, which wins over the default. \
         There is\nno configuration file. A flag without a value is switched on in the environment by \
         `true`. Where a flag\nmay be repeated, its variable takes a list with commas.\n\n\
         | command | |\n|---|---|\n"
    );
    let commands: Vec<&Command> = program
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
        .collect();
    for command in &commands {
        let about = command.get_about().unwrap().to_string();
        writeln!(
            page,
            "| `poolhouse {}` | {} |",
            command.get_name(),
            cell(&about)
        )
        .unwrap();
    }
    for command in commands {
        flags(&mut page, command);
    }
    compare("docs/configuration.md", &page);
}

fn flags(page: &mut String, command: &Command) {
    let ours = |arg: &&Arg| !["help", "version"].contains(&arg.get_id().as_str());
    let mut args = command.get_arguments().filter(ours).peekable();
    if args.peek().is_none() {
        return;
    }
    write!(
        page,
        "\n## `poolhouse {}`\n\n| flag | environment | default | |\n|---|---|---|---|\n",
        command.get_name()
    )
    .unwrap();
    for arg in args {
        writeln!(page, "{}", flag(arg)).unwrap();
    }
}

fn flag(arg: &Arg) -> String {
    let mut name = format!("--{}", arg.get_long().unwrap());
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter_map(|value| Some(format!("`{}`: {}", value.get_name(), value.get_help()?)))
        .collect();
    if arg.get_action().takes_values() {
        let value = arg.get_value_names().unwrap().first().unwrap();
        write!(name, " {value}").unwrap();
    }
    let mut help = cell(&arg.get_help().unwrap().to_string());
    let mut default = arg
        .get_default_values()
        .iter()
        .map(|value| format!("`{}`", value.to_string_lossy()))
        .collect::<String>();
    if !arg.get_action().takes_values() {
        default = "off".to_owned();
    } else if let Some((text, told)) = help.clone().split_once(" [default: ") {
        help = text.to_owned();
        default = told.trim_end_matches(']').to_owned();
    } else if !values.is_empty() {
        write!(help, " ({})", cell(&values.join("; "))).unwrap();
    }
    let env = arg.get_env().unwrap().to_string_lossy();
    format!("| `{name}` | `{env}` | {default} | {help} |")
}

/// Text that fits into a cell of a table.
fn cell(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
}

/// The OpenAPI file of the test controls has exactly the routes that the code has.
#[test]
fn docs_test_controls_are_those_of_the_router() {
    let file = root().join("docs/test-controls.openapi.json");
    let api: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let told: BTreeSet<String> = api["paths"].as_object().unwrap().keys().cloned().collect();
    let routes = ["src/web/dev/mod.rs", "src/server.rs"]
        .map(|file| std::fs::read_to_string(root().join(file)).unwrap())
        .concat();
    let built: BTreeSet<String> = routes
        .split('"')
        .filter(|text| text.starts_with("/_poolhouse/") && *text != "/_poolhouse/")
        .map(str::to_owned)
        .collect();
    assert_eq!(told, built);
}

/// Comments name requirements as `security.md G8`; the page tells what each of them is.
#[test]
fn docs_security_tells_every_row_that_the_code_names() {
    let page = std::fs::read_to_string(root().join("docs/security.md")).unwrap();
    let mut unknown = BTreeSet::new();
    for file in files_below("src", "rs")
        .into_iter()
        .chain(files_below("tests/it", "rs"))
    {
        let text = std::fs::read_to_string(&file).unwrap();
        for named in text.split("security.md ").skip(1) {
            let ids = named.split([' ', ',', ')', '.', ':', ';', '\n', '"', '`']);
            let is_id = |id: &&str| {
                let digits = id.strip_prefix(|c: char| c.is_ascii_uppercase());
                digits.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
            };
            let ids = ids.take_while(|id| is_id(id) || ["", "to", "and"].contains(id));
            for id in ids.filter(is_id) {
                if !page.contains(&format!("\n| {id} |")) {
                    unknown.insert(format!("{}: {id}", file.display()));
                }
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// Every relative link of every page leads to a file of the repository.
#[test]
fn docs_links_lead_somewhere() {
    let mut broken = BTreeSet::new();
    for page in pages() {
        let folder = page.parent().unwrap();
        let text = std::fs::read_to_string(&page).unwrap();
        for target in links(&text) {
            let file = target.split('#').next().unwrap();
            let outside = target.contains("://") || target.starts_with("mailto:");
            if !file.is_empty() && !outside && !folder.join(file).exists() {
                broken.insert(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The targets of `[text](target)`, outside fenced blocks.
fn links(text: &str) -> Vec<&str> {
    text.split("```")
        .step_by(2)
        .flat_map(|prose| prose.split("](").skip(1))
        .filter_map(|rest| rest.split(')').next())
        .collect()
}

fn pages() -> Vec<PathBuf> {
    let mut pages = files_below("docs", "md");
    pages.extend(["README.md", "CHANGELOG.md"].map(|page| root().join(page)));
    pages
}

fn files_below(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == ending)
            {
                files.push(path);
            }
        }
    }
    files
}

/// Fails when a generated page is not what the code makes of it; writes it when `UPDATE` is set.
fn compare(page: &str, made: &str) {
    let file = root().join(page);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, made).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let stale = kept
        .lines()
        .zip(made.lines())
        .find(|(kept, made)| kept != made);
    assert!(
        kept == made,
        "{page} is stale (first difference: {stale:#?}); write it again: {AGAIN}"
    );
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
