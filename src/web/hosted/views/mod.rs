//! The look of the hosted pages: one page, one file, one template.
//!
//! Names, ids and classes of the classic hosted UI are kept, for browser tests address them; each
//! form is there once and not twice. Links and actions come ready, with the query of the request
//! carried verbatim. Source: oauth.md 8 of the project's reference, collected from captures.

mod choose_account;
mod choose_factor;
mod choose_way;
mod confirm;
mod error;
mod forgot_password;
mod new_password;
mod notice;
mod passkey;
mod password;
mod remember_device;
mod reset_password;
mod second_factor;
mod set_up_app;
mod set_up_contact;
mod sign_in;
mod sign_up;
mod signed_out;

pub use choose_account::{ChooseAccountField, ChooseAccountPage};
pub use choose_factor::{ChooseFactorField, ChooseFactorPage};
pub use choose_way::{ChooseWayField, ChooseWayPage};
pub use confirm::{ConfirmField, ConfirmPage};
pub use error::ErrorPage;
pub use forgot_password::{ForgotPasswordField, ForgotPasswordPage};
pub use new_password::{NewPasswordField, NewPasswordPage};
pub use notice::{NoticeForm, NoticePage};
pub use passkey::{AddPasskeyPage, PasskeyField, PasskeyPage};
pub use password::{PasswordField, PasswordPage};
pub use remember_device::{RememberDeviceField, RememberDevicePage};
pub use reset_password::{ResetPasswordField, ResetPasswordPage};
pub use second_factor::{SecondFactorField, SecondFactorPage};
pub use set_up_app::{SetUpAppField, SetUpAppPage};
pub use set_up_contact::{SetUpContactField, SetUpContactPage};
pub use sign_in::{PasskeyButton, SignInField, SignInPage};
pub use sign_up::{SignUpField, SignUpPage, TermsLinks};
pub use signed_out::SignedOutPage;
