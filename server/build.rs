//! Embeds the console: the style sheets joined to one, the favicon, and the islands, each also compressed with brotli.
//!
//! The islands are `frontend`, built for wasm32 beforehand (`make console`); the library of `wasm-bindgen` turns that into
//! what a browser loads. As a library it has, by Cargo.lock, the version that `frontend` was compiled against, and there is
//! no tool to install. Without the wasm the console is complete but for its islands, which is enough to test the server. A
//! build for use sets `LATCHKEY_REQUIRE_CONSOLE=1`, and then it must be there.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

const SHEETS: [&str; 4] = ["tokens", "base", "layout", "components"];
const NAME: &str = "latchkey";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../migrations");
    println!("cargo:rerun-if-changed=../style");
    println!("cargo:rerun-if-changed=../frontend/wake.js");
    println!("cargo:rerun-if-env-changed=LATCHKEY_REQUIRE_CONSOLE");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut assets = vec![
        ("latchkey.css", "text/css; charset=utf-8", style()?),
        ("favicon.svg", "image/svg+xml", fs::read("../style/public/favicon.svg")?),
    ];
    if let Some(folder) = islands(&out)? {
        assets.push(("wake.js", "text/javascript", fs::read("../frontend/wake.js")?));
        assets.push(("latchkey.js", "text/javascript", fs::read(folder.join("latchkey.js"))?));
        assets.push(("latchkey_bg.wasm", "application/wasm", fs::read(folder.join("latchkey_bg.wasm"))?));
    }
    embed(&out, &assets)
}

/// The folder that holds the script and the wasm; `None` when `frontend` has not been built.
fn islands(out: &Path) -> Result<Option<PathBuf>, Box<dyn Error>> {
    // …/target/<profile>/build/<package>/out
    let target = out.ancestors().nth(4).ok_or("OUT_DIR is not in a target folder")?;
    let wasm = target.join("wasm32-unknown-unknown/wasm/latchkey_frontend.wasm");
    if !wasm.exists() {
        let required = env::var_os("LATCHKEY_REQUIRE_CONSOLE").is_some();
        return if required {
            Err(format!("{} is missing: run `make console`", wasm.display()).into())
        } else {
            Ok(None)
        };
    }
    // Watching what is not there would run this again with every build.
    println!("cargo:rerun-if-changed={}", wasm.display());
    let folder = out.join("islands");
    let mut bindgen = Bindgen::new();
    bindgen.input_path(&wasm).out_name(NAME).web(true)?.typescript(false);
    bindgen.remove_name_section(true).remove_producers_section(true).generate(&folder)?;
    Ok(Some(folder))
}

fn style() -> Result<Vec<u8>, Box<dyn Error>> {
    let mut style = Vec::new();
    for sheet in SHEETS {
        style.extend(fs::read(format!("../style/{sheet}.css"))?);
        style.push(b'\n');
    }
    Ok(style)
}

fn embed(out: &Path, assets: &[(&str, &str, Vec<u8>)]) -> Result<(), Box<dyn Error>> {
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
