//! Pages, as a browser sees them.

mod branding;
mod choose_account;
mod confirm_link;
mod device;
mod device_asked;
mod device_races;
mod first_factor;
mod forms;
mod headers;
mod journeys;
mod levels;
mod links;
mod managed;
mod passkeys;
mod passkeys_entry;
mod passwords;
mod second_factor;
mod sessions;
mod set_up_phone;
mod sign_in;
mod sign_up;
