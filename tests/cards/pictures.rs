// SPDX-License-Identifier: MIT OR Apache-2.0
//! Pictures as somebody else's XML parser reads them: whole, with the numbers of what they show, and
//! harmless whatever names are in it.

mod drawn;
mod large;

use cardwright::emulator::Model;
use cardwright::encode::{Encoder, Job, MemoryMap, Outcome, Plan, Task};
use cardwright::picture::{
    Page, conversation, layout, memory_map, proof, report, rights, seen_memory, seen_rights,
    timeline,
};
use cardwright::profile::{Application, Profile, Record};
use cardwright::survey::{Sight, survey};
use cardwright::wire::Access;
use cardwright::{Receipt, credential};
use rand::SeedableRng;
use rand::rngs::StdRng;

use self::drawn::Drawn;
use crate::common::{Kinds, card, door, door_records, encode, encoder, every_kind, job};

fn plan(job: &Job, record: &Record, model: Model) -> Plan {
    Encoder::new(job).plan(card(model, 1).in_field(), record).unwrap()
}

/// Jobs with files of every kind, each with a record.
fn jobs() -> Vec<(Job, Record)> {
    let demonstration = job(&door(&[]));
    let record = door_records(&demonstration).remove(0);
    let others = [Kinds::Canteen, Kinds::Legacy].map(|kinds| {
        let (job, mut records) = every_kind(kinds);
        (job, records.remove(0))
    });
    [(demonstration, record)].into_iter().chain(others).collect()
}

#[test]
fn a_memory_map_has_every_byte_of_the_plan() {
    for (job, record) in jobs() {
        let plan = plan(&job, &record, Model::Ev1_8k);
        let drawn = Drawn::read(&memory_map(&plan));
        let boxes: Vec<(String, u32)> = drawn.pairs("+ ");
        let after: &MemoryMap = &plan.memory.after;
        let told: Vec<(String, u32)> = after
            .applications
            .iter()
            .flat_map(|found| {
                let files =
                    found.files.iter().map(|file| (format!("file {}", file.no), file.bytes));
                [("itself".to_owned(), found.bytes)].into_iter().chain(files)
            })
            .collect();
        assert!(told.len() >= 3);
        assert_eq!(boxes, told);
        let sum: u32 = boxes.iter().map(|(_, bytes)| bytes).sum();
        assert_eq!(sum, after.used());
        assert!(drawn.has(&format!("{sum} used")) && drawn.has(&format!("{} free", after.free)));
        for application in &after.applications {
            assert!(drawn.has(&format!("{} bytes, new", application.total())));
        }
    }
}

#[test]
fn what_goes_and_what_stays_is_told_by_signs_too() {
    let (job, record) = jobs().remove(0);
    let mut done = card(Model::Ev2_8k, 1);
    let (encoded, _) = encode(&mut encoder(&job), &mut done, &record);
    assert_eq!(encoded.outcome, Outcome::Done);
    done.reset();
    let verify = job.clone().with_task(Task::Verify).unwrap();
    let stays = Encoder::new(&verify).plan(done.in_field(), &record).unwrap();
    let drawn = Drawn::read(&memory_map(&stays));
    assert!(drawn.has("288 bytes, stays") && drawn.has("file 1 64"), "{drawn:?}");
    assert!(drawn.pairs("+ ").is_empty() && drawn.pairs("- ").is_empty());
    done.reset();
    let recycle = job.with_task(Task::Recycle).unwrap();
    let gone = Encoder::new(&recycle).plan(done.in_field(), &record).unwrap();
    let drawn = Drawn::read(&memory_map(&gone));
    assert!(drawn.has("gone, was 288 bytes"), "{drawn:?}");
    let sum: u32 = drawn.pairs("- ").iter().map(|(_, bytes)| bytes).sum();
    assert_eq!(sum, gone.memory.before.used());
    assert_eq!(drawn.classes("gone"), 1 + 3, "the application in the bar, itself and two files");
}

#[test]
fn a_timeline_has_a_row_for_each_step_with_its_numbers() {
    for (job, record) in jobs() {
        let plan = plan(&job, &record, Model::Ev1_8k);
        let drawn = Drawn::read(&timeline(&plan, None));
        let rows = drawn.numbers();
        assert_eq!(rows.len(), plan.steps.len() + 2, "the look, the steps, and all together");
        let (together, rows) = rows.split_last().unwrap();
        let costs = [plan.look].into_iter().chain(plan.steps.iter().map(|step| step.cost));
        for (row, cost) in rows.iter().zip(costs) {
            let time = cost.time[0].as_secs_f64() * 1e3;
            assert_eq!(row[..3], [cost.exchanges, cost.sent, cost.received].map(|n| n as f64));
            assert!((row[3] - time).abs() <= 0.05 + 1e-9, "{row:?} {time}");
        }
        for column in 0..3 {
            let sum: f64 = rows.iter().map(|row| row[column]).sum();
            assert!((together[column] - sum).abs() < 1e-9, "{together:?}");
        }
        let changing = plan.steps.iter().filter(|step| step.step.changes_card()).count();
        assert_eq!(drawn.texts().filter(|text| text.starts_with('*')).count(), changing + 1);
        for step in &plan.steps {
            assert!(drawn.says(&step.text), "{}", step.text);
        }
        assert!(drawn.one_behind_the_other(rows.len()));
    }
}

#[test]
fn a_timeline_with_a_receipt_has_what_it_took() {
    let (job, record) = jobs().remove(0);
    let plan = plan(&job, &record, Model::Ev2_8k);
    let (mut encoded, _) = encode(&mut encoder(&job), &mut card(Model::Ev2_8k, 1), &record);
    encoded.receipt.started = "2026-03-01T10:00:00.000Z".to_owned();
    encoded.receipt.finished = "2026-03-01T10:00:01.250Z".to_owned();
    let drawn = Drawn::read(&timeline(&plan, Some(&encoded.receipt)));
    let Receipt { exchanges, sent, received, .. } = encoded.receipt;
    let rows = drawn.numbers();
    assert_eq!(*rows.last().unwrap(), vec![exchanges as f64, sent as f64, received as f64, 1250.0]);
    assert!(drawn.says("as it was, by the receipt"));
    encoded.receipt.finished = "yesterday".to_owned();
    let drawn = Drawn::read(&timeline(&plan, Some(&encoded.receipt)));
    assert!(!drawn.says("as it was"), "a time that says nothing is not drawn");
}

#[test]
fn a_conversation_has_a_row_for_each_exchange() {
    let (job, record) = jobs().remove(0);
    let (_, exchanges) = encode(&mut encoder(&job), &mut card(Model::Ev2_8k, 1), &record);
    let drawn = Drawn::read(&conversation(&exchanges));
    let rows: Vec<_> = drawn.rows().into_iter().filter(|row| row.len() == 6).skip(1).collect();
    assert_eq!(rows.len(), exchanges.len());
    for (row, exchange) in rows.iter().zip(&exchanges) {
        let status = exchange.status.unwrap().to_string();
        let lengths = [exchange.sent.to_string(), exchange.received.to_string()];
        assert_eq!(row[2..5], [status, lengths[0].clone(), lengths[1].clone()], "{row:?}");
    }
    for command in ["CreateApplication", "ChangeKey", "goes on: AuthenticateEv2First"] {
        assert!(drawn.has(command), "{command}");
    }
    assert!(Drawn::read(&conversation(&[])).says("0 exchanges"));
}

/// The letters in the diagram against the rights of the profile, asked one by one.
#[test]
fn a_diagram_gives_each_right_to_whom_the_profile_does() {
    for (job, _) in jobs() {
        let profile = job.profile();
        let drawn = Drawn::read(&rights(profile));
        let described = drawn.description();
        for (application, file) in profile
            .applications()
            .iter()
            .flat_map(|one| one.files.iter().map(move |file| (one, file)))
        {
            let part = described.split(&format!("Application {}", application.aid)).nth(1).unwrap();
            let line = part.lines().find(|line| line.starts_with(&format!("{:>2}  ", file.no)));
            let line = line.unwrap();
            let told = |who: &str| {
                let held = line.split([':', ',']).find_map(|part| part.trim().strip_prefix(who));
                held.map(|letters| letters.trim().to_owned()).unwrap_or_default()
            };
            let set = file.settings.rights;
            let is_value = matches!(file.settings.kind, cardwright::wire::FileKind::Value(_));
            for no in 0..application.keys.len() {
                let is = |right: Access| matches!(right, Access::Key(key) if usize::from(u8::from(key)) == no);
                let reads = is(set.read) || is(set.read_write) || is_value && is(set.write);
                let writes = is(set.write) || is(set.read_write);
                let letters = [('R', reads), ('W', writes), ('C', is(set.change))];
                let letters: String =
                    letters.iter().filter(|(_, has)| *has).map(|(sign, _)| sign).collect();
                assert_eq!(told(&format!("key {no} ")), letters, "{line}");
            }
            let free = [set.read, set.read_write, set.write, set.change].contains(&Access::Free);
            assert_eq!(!told("anyone ").is_empty(), free, "{line}");
        }
        for key in profile.keys() {
            let used = profile.applications().iter().flat_map(Application::own_keys);
            let used = used.chain(profile.card().map(|card| card.master_key));
            if used.filter_map(|index| profile.key(index)).any(|other| other.name == key.name) {
                assert!(drawn.says(&key.name), "{}", key.name);
            }
        }
    }
}

#[test]
fn what_was_seen_of_a_card_is_what_its_profile_says() {
    // The demonstration's cards list nothing without a key; these do.
    let open =
        [("free_list", "free_list = true"), ("change = ", "change = \"master\"\nfree_list = true")];
    let [closed, open] = [&[][..], &open].map(|changes| {
        let job = job(&door(changes));
        let record = door_records(&job).remove(0);
        let mut done = card(Model::Ev2_8k, 1);
        assert_eq!(encode(&mut encoder(&job), &mut done, &record).0.outcome, Outcome::Done);
        done.reset();
        let sight = Sight { uid: Some(done.uid()), historical: Vec::new() };
        (survey(&mut done, sight, None, &mut StdRng::seed_from_u64(1), 500), job, record)
    });
    assert!(Drawn::read(&seen_rights(&closed.0)).says("applications are not known"));
    assert!(Drawn::read(&seen_memory(&closed.0)).says("applications are not known"));
    let (seen, job, record) = open;
    let (memory, rights) = (Drawn::read(&seen_memory(&seen)), Drawn::read(&seen_rights(&seen)));
    let plan = plan(&job, &record, Model::Ev2_8k);
    assert!(memory.has(&format!("{} used", plan.memory.after.used())), "{memory:?}");
    let of_profile = Drawn::read(&cardwright::picture::rights(job.profile()));
    let files = |drawn: &Drawn| {
        let lines = drawn.description();
        let lines = lines.lines().filter(|line| line.contains("enciphered"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(files(&rights), files(&of_profile));
    assert_eq!(files(&rights).len(), 2);
}

#[test]
fn a_proof_has_each_grade_of_the_receipt() {
    let (job, record) = jobs().remove(0);
    let (encoded, _) = encode(&mut encoder(&job), &mut card(Model::Ev2_8k, 1), &record);
    let receipt = &encoded.receipt;
    let drawn = Drawn::read(&proof(receipt));
    let graded = receipt.keys.len() + receipt.settings.len() + receipt.files.len();
    assert_eq!(drawn.rows().len(), 2 + 1 + graded, "two notes, the heading, the grades");
    assert!(drawn.has("F48120 key 1, read version 1") && drawn.has("used"), "{drawn:?}");
    let mark: String = receipt.card.iter().flat_map(|mark| mark.chars().take(8)).collect();
    assert!(mark.len() == 8 && !drawn.says(&mark), "whose card it is shows in no picture");
}

#[test]
fn every_bit_format_is_drawn_whole() {
    for format in credential::Format::all() {
        let drawn = Drawn::read(&layout(format));
        for field in format.fields() {
            assert!(drawn.says(&format!("{}: ", field.name())), "{}", format.name());
        }
        let width = format.bit_length() as f64 * 26.0;
        assert!((drawn.width_of_boxes("layout") - width).abs() < 0.5, "{}", format.name());
    }
}

#[test]
fn a_report_counts_every_receipt_and_names_no_record() {
    let job = job(&door(&[]));
    let records = door_records(&job);
    let mut encoder = encoder(&job);
    let mut receipts = Vec::new();
    for (number, record) in (1_u8..).zip(&records[..4]) {
        receipts.push(encode(&mut encoder, &mut card(Model::Ev2_8k, number), record).0.receipt);
    }
    // A card of another record comes again, and is refused.
    let mut again = card(Model::Ev2_8k, 1);
    receipts.push(encode(&mut encoder, &mut again, &records[0]).0.receipt);
    again.reset();
    receipts.push(encode(&mut encoder, &mut again, &records[1]).0.receipt);
    let receipts: Vec<_> = (1..).zip(receipts).collect();
    let mut page = Page::new("Report");
    report(&mut page, &receipts);
    let html = page.html();
    let body = html.strip_prefix("<!DOCTYPE html>\n").unwrap().replace("<meta", "<!-- meta");
    assert_eq!(html.matches("<tr><td class=\"n\">").count(), receipts.len(), "a row each");
    let refused = receipts.last().unwrap().1.code.clone().unwrap();
    assert!(body.contains(&format!("<td>refused</td><td>{refused}</td>")), "{refused}");
    let meaning = receipts.last().unwrap().1.known_code().unwrap().meaning();
    assert!(body.contains(meaning), "{meaning}");
    let drawn = body.split("<svg").nth(1).unwrap();
    assert!(
        body.contains(": 3 receipts") && drawn.contains(&format!("encode: refused, {refused}"))
    );
    for record in &records[..4] {
        assert!(!body.contains(record.id()), "{}", record.id());
    }
    let mut nothing = Page::new("Report");
    report(&mut nothing, &[]);
    assert!(nothing.html().contains("There are no receipts."));
}

#[test]
fn names_that_are_markup_stay_names() {
    let hostile = r#"\u202e\u0001</title></svg><script>alert(1)</script>&'\""#.to_owned();
    for length in [1, 60, 10_000] {
        let name = format!("{hostile}{}", "W".repeat(length));
        let visible = format!("<script>&'{}", "W".repeat(length));
        let text = door(&[("name = ", &format!("name = \"{visible}\""))]);
        let text = text.replace("\nread = {", &format!("\n\"{name}\" = {{"));
        let text = text.replace("\"read\"", &format!("\"{name}\""));
        let text = text.replace("verify = \"{name}-back\"", "verify = \"read-back\"");
        let profile = Profile::parse(&text).unwrap_or_else(|error| panic!("{error}"));
        let job = job(&text);
        let record = door_records(&job).remove(0);
        let plan = plan(&job, &record, Model::Ev2_8k);
        for picture in [rights(&profile), timeline(&plan, None), memory_map(&plan)] {
            let drawn = Drawn::read(&picture);
            assert!(!picture.svg().contains("<script"), "{length}");
            assert!(drawn.description().chars().all(|sign| sign == '\n' || !sign.is_control()));
        }
        let drawn = Drawn::read(&rights(&profile));
        assert!(drawn.says("\\u{202e}\\u{1}</title></svg><script>alert(1)</script>&'\"W"));
        let mut page = Page::new(&name);
        page.picture(&rights(&profile));
        page.text(&name);
        page.table(&name, &[&name], &[vec![name.clone()]]);
        let html = page.html();
        assert!(!html.contains("<script") && !html.contains("</title></svg>"));
        assert_eq!(html.matches("</svg>").count(), 1);
    }
}
