//! Embeds the console: the style sheets joined to one, the favicon, and what `wasm-bindgen` made of `frontend`
//! (`make console` puts it into `target/console`), each also compressed with brotli.
//!
//! Without the wasm the console is complete but for its islands, which is enough for tests of the server. A build for
//! use sets `LATCHKEY_REQUIRE_CONSOLE=1`, and then a missing file is an error.

use std::{env, error::Error, fmt::Write as _, fs, io::Write as _, path::Path};

use sha2::{Digest, Sha256};

const SHEETS: [&str; 4] = ["tokens", "base", "layout", "components"];
const WASM: [(&str, &str); 2] = [("latchkey.js", "text/javascript"), ("latchkey_bg.wasm", "application/wasm")];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../migrations");
    println!("cargo:rerun-if-changed=../style");
    if Path::new("../target/console").exists() {
        // Watching what is not there would run this again with every build.
        println!("cargo:rerun-if-changed=../target/console");
    }
    println!("cargo:rerun-if-env-changed=LATCHKEY_REQUIRE_CONSOLE");
    let mut assets = vec![
        ("latchkey.css", "text/css; charset=utf-8", style()?),
        ("favicon.svg", "image/svg+xml", fs::read("../style/public/favicon.svg")?),
    ];
    for (name, content_type) in WASM {
        match fs::read(Path::new("../target/console").join(name)) {
            Ok(bytes) => assets.push((name, content_type, bytes)),
            Err(_) if env::var_os("LATCHKEY_REQUIRE_CONSOLE").is_none() => {}
            Err(error) => return Err(format!("target/console/{name}: {error}; run `make console` first").into()),
        }
    }
    embed(&assets)
}

fn style() -> Result<Vec<u8>, Box<dyn Error>> {
    let mut style = Vec::new();
    for sheet in SHEETS {
        style.extend(fs::read(format!("../style/{sheet}.css"))?);
        style.push(b'\n');
    }
    Ok(style)
}

fn embed(assets: &[(&str, &str, Vec<u8>)]) -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    let mut hasher = Sha256::new();
    let mut code = "const ASSETS: &[Asset] = &[\n".to_owned();
    for (name, content_type, bytes) in assets {
        hasher.update(name);
        hasher.update(bytes);
        fs::write(out.join(name), bytes)?;
        fs::write(out.join(format!("{name}.br")), compressed(bytes)?)?;
        let file = |name: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\"))");
        let (plain, brotli) = (file(name), file(&format!("{name}.br")));
        writeln!(
            code,
            "Asset {{ name: {name:?}, content_type: {content_type:?}, plain: {plain}, brotli: {brotli} }},"
        )?;
    }
    let hash = hex::encode(&hasher.finalize()[..8]);
    writeln!(code, "];\nconst HASH: &str = {hash:?};")?;
    Ok(fs::write(out.join("assets.rs"), code)?)
}

fn compressed(bytes: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, 11, 22);
    writer.write_all(bytes)?;
    Ok(writer.into_inner())
}
