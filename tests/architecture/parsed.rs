//! What one source file names: imports, paths, methods it implements and methods it calls.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};

/// A path as it is written, from its first word.
pub type Written = Vec<String>;

/// A method call: the last word of what it is called on, and the method.
#[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Called {
    pub receiver: String,
    pub method: String,
}

/// What a file's code names. Tests within the file do not count.
#[derive(Default, Debug)]
pub struct Parsed {
    /// Imports and paths that begin with `crate`, `self`, `super` or a module's name.
    pub paths: Vec<Written>,
    /// What it offers under a name of its own: the name, and the path behind it.
    pub exports: Vec<(String, Written)>,
    /// Types defined here.
    pub types: BTreeSet<String>,
    /// Methods implemented here, each with its type; those of traits are not counted.
    pub methods: BTreeSet<(String, String)>,
    pub calls: BTreeSet<Called>,
    /// The type whose methods are being read.
    own: Option<String>,
}

impl Parsed {
    pub fn of(code: &str) -> Self {
        let mut parsed = Self::default();
        parsed.visit_file(&syn::parse_file(code).expect("the file is Rust"));
        parsed
    }

    /// Paths and types in a macro's arguments, which are words and no syntax.
    fn read_words(&mut self, words: &str) {
        // Words and signs stand apart from each other there, as in `crate :: kernel :: Tid`.
        let words: Vec<_> = words.split_whitespace().collect();
        let defined = words.windows(2).filter(|pair| pair[0] == "struct");
        self.types.extend(defined.map(|pair| pair[1].to_owned()));
        for at in 0..words.len() {
            if is_root(words[at]) && (at == 0 || words[at - 1] != "::") {
                let rest = words[at..].chunks(2);
                let more = rest.take_while(|pair| pair.get(1).is_none_or(|sign| *sign == "::"));
                self.paths
                    .push(more.map(|pair| pair[0].to_owned()).collect());
            }
        }
    }
}

fn is_root(word: &str) -> bool {
    ["crate", "self", "super"].contains(&word)
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    let is_test = |attribute: &syn::Attribute| {
        let list = attribute.meta.require_list();
        attribute.path().is_ident("cfg") && list.is_ok_and(|list| list.tokens.to_string() == "test")
    };
    attributes.iter().any(is_test)
}

/// The paths that a tree of imports stands for, each with the name that it gives to its end.
fn spread(tree: &syn::UseTree, before: &Written, out: &mut Vec<(String, Written)>) {
    let with = |word: &syn::Ident| [before.as_slice(), &[word.to_string()]].concat();
    match tree {
        syn::UseTree::Path(path) => spread(&path.tree, &with(&path.ident), out),
        syn::UseTree::Name(name) if name.ident == "self" => {
            out.push((before.last().cloned().unwrap_or_default(), before.clone()));
        }
        syn::UseTree::Name(name) => out.push((name.ident.to_string(), with(&name.ident))),
        syn::UseTree::Rename(name) => out.push((name.rename.to_string(), with(&name.ident))),
        syn::UseTree::Glob(_) => out.push(("*".to_owned(), before.clone())),
        syn::UseTree::Group(group) => {
            group
                .items
                .iter()
                .for_each(|tree| spread(tree, before, out));
        }
    }
}

impl<'ast> Visit<'ast> for Parsed {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_for_tests(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut found = Vec::new();
        spread(&item.tree, &Vec::new(), &mut found);
        match item.vis {
            syn::Visibility::Inherited => {
                self.paths.extend(found.into_iter().map(|(_, path)| path));
            }
            _ => self.exports.extend(found),
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let words = || {
            path.segments
                .iter()
                .map(|segment| segment.ident.to_string())
        };
        if path.segments.len() > 1 {
            self.paths.push(words().collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.read_words(&called.tokens.to_string());
        visit::visit_macro(self, called);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.types.insert(item.ident.to_string());
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.types.insert(item.ident.to_string());
        visit::visit_item_enum(self, item);
    }

    /// A name that is given to a type here, such as a generic one with its parameters chosen.
    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.types.insert(item.ident.to_string());
        visit::visit_item_type(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let before = self.own.take();
        if let syn::Type::Path(of) = &*item.self_ty {
            self.own = of.path.segments.last().map(|last| last.ident.to_string());
        }
        if let (None, Some(own)) = (&item.trait_, &self.own) {
            let methods = item.items.iter().filter_map(|item| match item {
                syn::ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                _ => None,
            });
            self.methods
                .extend(methods.map(|method| (own.clone(), method)));
        }
        visit::visit_item_impl(self, item);
        self.own = before;
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let method = call.method.to_string();
        if let Some(receiver) = last_word(&call.receiver, self.own.as_deref()) {
            self.calls.insert(Called { receiver, method });
        }
        visit::visit_expr_method_call(self, call);
    }
}

/// The last word of an expression; the type's name for `self`.
fn last_word(expression: &syn::Expr, own: Option<&str>) -> Option<String> {
    match expression {
        syn::Expr::Path(path) => match path.path.get_ident()?.to_string() {
            word if word == "self" => own.map(str::to_owned),
            word => Some(word),
        },
        syn::Expr::Field(field) => match &field.member {
            syn::Member::Named(name) => Some(name.to_string()),
            syn::Member::Unnamed(_) => None,
        },
        syn::Expr::Reference(reference) => last_word(&reference.expr, own),
        syn::Expr::Paren(paren) => last_word(&paren.expr, own),
        _ => None,
    }
}
