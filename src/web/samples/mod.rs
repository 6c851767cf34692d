//! Every page in every state, with made-up content: the one table that the proofs, the preview of a
//! look and the bench run over. A page's states stand beside the page (`samples`).

mod words;

use askama::DynTemplate;

pub use words::Words;

use super::hosted::views::{
    AddPasskeyPage, ChooseAccountPage, ChooseFactorPage, ChooseWayPage, ConfirmPage, ErrorPage,
    ForgotPasswordPage, NewPasswordPage, NoticePage, PasskeyPage, PasswordPage, RememberDevicePage,
    ResetPasswordPage, SecondFactorPage, SetUpAppPage, SetUpContactPage, SignInPage, SignUpPage,
    SignedOutPage,
};
use super::mailbox::views::{MailboxPage, MessagePage};
use super::preview::views::PreviewPage;

/// A page in one of its states.
pub struct Sample {
    /// Which page and state: `sign_in_refused`.
    pub name: &'static str,
    page: Box<dyn DynTemplate>,
}

impl Sample {
    /// The page as HTML.
    pub fn render(&self) -> askama::Result<String> {
        self.page.dyn_render()
    }
}

/// The pages that people see.
pub fn hosted(words: &Words) -> Vec<Sample> {
    let mut all = Vec::new();
    add(&mut all, SignInPage::samples(words));
    add(&mut all, ChooseWayPage::samples(words));
    add(&mut all, ChooseAccountPage::samples(words));
    add(&mut all, PasswordPage::samples(words));
    add(&mut all, SignUpPage::samples(words));
    add(&mut all, ConfirmPage::samples(words));
    add(&mut all, ForgotPasswordPage::samples(words));
    add(&mut all, ResetPasswordPage::samples(words));
    add(&mut all, NewPasswordPage::samples(words));
    add(&mut all, SecondFactorPage::samples(words));
    add(&mut all, ChooseFactorPage::samples(words));
    add(&mut all, SetUpAppPage::samples(words));
    add(&mut all, SetUpContactPage::samples(words));
    add(&mut all, RememberDevicePage::samples(words));
    add(&mut all, PasskeyPage::samples(words));
    add(&mut all, AddPasskeyPage::samples(words));
    add(&mut all, SignedOutPage::samples(words));
    add(&mut all, ErrorPage::samples(words));
    add(&mut all, NoticePage::samples(words));
    all
}

/// The pages of the development server.
pub fn desk(words: &Words) -> Vec<Sample> {
    let mut all = Vec::new();
    add(&mut all, MailboxPage::samples(words));
    add(&mut all, MessagePage::samples(words));
    add(&mut all, PreviewPage::samples(words));
    all
}

fn add<P: DynTemplate + 'static>(all: &mut Vec<Sample>, samples: Vec<(&'static str, P)>) {
    let boxed = samples.into_iter().map(|(name, page)| Sample {
        name,
        page: Box::new(page),
    });
    all.extend(boxed);
}
