use safetensors::tensor::TensorView;
use safetensors::{serialize, Dtype, SafeTensors};
use std::collections::HashMap;

fn write(path: &str) {
    let bytes: Vec<u8> = (0..96).collect();
    let types = [
        ("f64", Dtype::F64, 8), ("f32", Dtype::F32, 4), ("f16", Dtype::F16, 2), ("bf16", Dtype::BF16, 2), ("i64", Dtype::I64, 8),
        ("i32", Dtype::I32, 4), ("i16", Dtype::I16, 2), ("i8", Dtype::I8, 1), ("u8", Dtype::U8, 1),
    ];
    let mut tensors: Vec<(&str, TensorView)> = types
        .iter()
        .map(|(name, dtype, size)| (*name, TensorView::new(*dtype, vec![2, 3, 2], &bytes[..12 * size]).unwrap()))
        .collect();
    tensors.push(("bool", TensorView::new(Dtype::BOOL, vec![3], &[1, 0, 1]).unwrap()));
    tensors.push(("scalar", TensorView::new(Dtype::F32, vec![], &bytes[..4]).unwrap()));
    tensors.push(("empty", TensorView::new(Dtype::F32, vec![0, 5], &[]).unwrap()));
    let metadata = HashMap::from([("format".to_string(), "pt".to_string())]);
    std::fs::write(path, serialize(tensors, Some(metadata)).unwrap()).unwrap();
}

fn read(path: &str) {
    let bytes = std::fs::read(path).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut names = file.names();
    names.sort();
    for name in names {
        let tensor = file.tensor(name).unwrap();
        println!("{name} {:?} {:?} {:?}", tensor.dtype(), tensor.shape(), &tensor.data()[..tensor.data().len().min(16)]);
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments[1].as_str() {
        "write" => write(&arguments[2]),
        _ => read(&arguments[2]),
    }
}
