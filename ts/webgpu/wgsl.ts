// The text of the kernels for out[m, n] = a[m, k] @ b[k, n] + bias[n], float32.
//
// Two families. "shared": a workgroup copies tiles of both operands to its own memory (as in Volkov and Demmel,
// "Benchmarking GPUs to tune dense linear algebra", 2008). "direct": every thread reads what it needs itself. Which is
// faster depends on the adapter. Both read operands in blocks of 4 x 4: four vectors across the sum's direction, so that
// transposes, edges and steps of any size are a matter of the one function that reads a block.

/** How threads share the work: `wx` x `wy` of them, each with `tm` x `tn` results. `bk`: how deep a tile is; 0 for "direct". */
export interface Tile {
  wx: number;
  wy: number;
  tm: number;
  tn: number;
  bk: number;
}
const tile = (wx: number, wy: number, tm: number, tn: number, bk: number): Tile => ({ wx, wy, tm, tn, bk });

/**
 * For results that fill the adapter with tiles of 64 x 64, and for smaller ones. Software adapters take the first one: it is
 * the quickest to make (a tenth of the time of those with barriers), and they run it fastest.
 */
export const LARGE_TILES = [
  tile(8, 8, 8, 4, 0),
  tile(8, 8, 8, 8, 16),
  tile(16, 16, 4, 4, 16),
  tile(16, 16, 8, 8, 8),
];
export const SMALL_TILES = [tile(8, 8, 4, 4, 0), tile(8, 8, 4, 4, 32), tile(16, 8, 4, 4, 16)];

/** What lies side by side, four by four, in an operand: elements along the sum, across it, or nothing that is known. */
export enum Layout {
  any,
  along,
  across,
  /** For a: the sum goes through parts of `L` elements, `S` apart. */
  parts,
  /** For b, which is an image: along the sum the taps of a convolution's windows, across it their places; or the other way round. */
  taps,
  places,
  /** As taps, for images that are looked at in steps of less than an element: `div` is not 1. */
  turned,
}

export interface Variant {
  tile: Tile;
  a: Layout;
  b: Layout;
  /** One for each column, or for each row. */
  bias: "" | "columns" | "rows";
  /** Results go out four at a time: n is a multiple of 4. */
  fours: boolean;
}

const list = <T>(n: number, f: (i: number) => T, by = ""): string =>
  Array.from({ length: n }, (_, i) => f(i)).join(by);
const four = (f: (i: number) => string): string => list(4, f, ",");

/** The function that reads the block from `o` across and `k` along the sum: column j of the result belongs to k + j, with 0 beyond the end. */
function block(name: string, size: string, along: string, across: string, layout: Layout): string {
  const x = name.toUpperCase(),
    base = `${name}0`;
  const inSum = (j: number) =>
    layout === Layout.parts
      ? `(k+${j}u)/u32(P.w[0].w)*u32(P.w[1].w)+(k+${j}u)%u32(P.w[0].w)*${along}`
      : `(k+${j}u)*${along}`;
  const row = (i: number) => `${base}+min(o+${i}u,${size}-1u)*${across}`;
  const body =
    layout === Layout.along
      ? `if(k>=P.k){return mat4x4f();}return transpose(mat4x4f(${four((i) => `${x}[(${row(i)}+k)/4u]`)}));`
      : layout === Layout.across
        ? `let p=${base}+min(o,${size}-4u);return mat4x4f(${four((j) => `select(vec4f(),${x}[(p+(k+${j}u)*${along})/4u],k+${j}u<P.k)`)});`
        : `return mat4x4f(${four((j) => `select(vec4f(),vec4f(${four((i) => `${x}[${row(i)}+${inSum(j)}]`)}),k+${j}u<P.k)`)});`;
  return `fn ${name}4(o:u32,k:u32)->mat4x4f{${body}}\n`;
}

/** Words of the uniform block, in order; the sizes of windows follow. */
export const UNIFORMS = "m,n,k,n2,n3,ao,ar,ac,a1,a2,a3,bo,br,bc,b1,b2,b3,bias,z0,z1";
/**
 * Those sizes, seven times four words: of the window and of the result their last two spatial dimensions and their elements,
 * L and S beside them, then for each of three dimensions the image's size, and mul, dil, pad and div. Window element t of place p
 * is the image's element (p * mul + t * dil - pad) / div, and 0 where that is none.
 */
const windows = (
  layout: Layout,
): string => `fn split(i:i32,s:vec4i)->vec3i{return vec3i(i/(s.x*s.y),i/s.y%s.x,i%s.y);}
fn tap(i:u32)->vec4i{let t=P.w[0];let j=i32(i);return vec4i(split(j%t.z,t)*P.w[3].xyz,j/t.z*P.w[2].w);}
fn place(i:u32)->vec4i{let r=P.w[1];let j=i32(i);return vec4i(split(j%r.z,r)*P.w[4].xyz-P.w[5].xyz,j/r.z*i32(P.br));}
fn at(x:vec4i)->f32{let s=P.w[2];var q=x.xyz;
${layout === Layout.turned ? "let d=P.w[6].xyz;q=q/d;if(any(q*d!=x.xyz)||any(x.xyz<vec3i())){return 0;}" : ""}
if(any(vec3u(q)>=vec3u(s.xyz))){return 0;}
return B[b0+u32(x.w+(q.x*s.y+q.y)*s.z+q.z)];}
`;

/** The kernel's text. Bindings: a, b, out, sizes, bias. */
export function kernelText({ tile: { wx, wy, tm, tn, bk }, a, b, bias, fours }: Variant): string {
  const bm = wy * tm,
    bn = wx * tn,
    quads = tn / 4,
    threads = wx * wy;
  const vectors = (layout: Layout) => layout === Layout.along || layout === Layout.across;
  const array = (vector: boolean) => (vector ? "array<vec4f>" : "array<f32>");
  // A thread's columns lie wx quads apart, so that neighbours read neighbouring quads.
  const column = (q: number) => `n0+(l.x+${q * wx}u)*4u`;
  const fused = (i: number, q: number, x: string, y: string) =>
    `c${i}_${q}=fma(vec4f(${x}),${y},c${i}_${q});`;
  const all = (f: (i: number, q: number) => string) => list(tm, (i) => list(quads, (q) => f(i, q)), "\n");
  const [along, across] = b === Layout.places ? ["place", "tap"] : ["tap", "place"];
  const fill = (to: string, name: string, size: number, origin: string, layout: Layout) =>
    `for(var i=li;i<${(size * bk) / 16}u;i+=${threads}u){${
      layout === Layout.along
        ? `let d=i%${bk / 4}u;let o=i/${bk / 4}u;`
        : `let o=i%${size / 4}u;let d=i/${size / 4}u;`
    }${
      layout < Layout.taps
        ? `let v=${name}4(${origin}+4u*o,k+4u*d);${list(4, (j) => `${to}[(4u*d+${j}u)*${size / 4}u+o]=v[${j}];`)}`
        : `${list(4, (i) => `let o${i}=${across}(min(${origin}+4u*o+${i}u,P.n-1u));`)}
for(var j=4u*d;j<4u*d+4u;j++){let s=${along}(min(k+j,P.k-1u));${to}[j*${size / 4}u+o]=select(vec4f(),vec4f(${four((i) => `at(o${i}+s)`)}),k+j<P.k);}`
    }}\n`;
  const inner =
    bk > 0
      ? `for(var k=0u;k<P.k;k+=${bk}u){
${fill("S", "a", bm, "m0", a)}${fill("T", "b", bn, "n0", b)}workgroupBarrier();
for(var d=0u;d<${bk}u;d++){
${list(tm / 4, (i) => `let x${i}=S[d*${bm / 4}u+l.y*${tm / 4}u+${i}u];`)}${list(quads, (q) => `let y${q}=T[d*${bn / 4}u+l.x+${q * wx}u];`)}
${all((i, q) => fused(i, q, `x${i >> 2}[${i & 3}]`, `y${q}`))}
}
workgroupBarrier();}`
      : `for(var k=0u;k<P.k;k+=4u){
${list(tm / 4, (i) => `let x${i}=a4(m+${4 * i}u,k);`)}${list(quads, (q) => `let y${q}=b4(${column(q)},k);`)}
${list(4, (j) => all((i, q) => fused(i, q, `x${i >> 2}[${j}][${i & 3}]`, `y${q}[${j}]`)), "\n")}
}`;
  // The bias is added last, as PyTorch does on the CPU.
  const biasOf = (q: number) => `vec4f(${four((e) => `D[P.bias+min(${column(q)}+${e}u,P.n-1u)]`)})`;
  const add = (i: number, q: number) =>
    `c${i}_${q}+=${bias === "rows" ? `D[P.bias+z3*P.m+min(m+${i}u,P.m-1u)]` : `d${q}`};`;
  const store = (i: number, q: number) =>
    fours
      ? `if(m+${i}u<P.m&&${column(q)}<P.n){C[(c0+(m+${i}u)*P.n+${column(q)})/4u]=c${i}_${q};}`
      : list(
          4,
          (e) =>
            `if(m+${i}u<P.m&&${column(q)}+${e}u<P.n){C[c0+(m+${i}u)*P.n+${column(q)}+${e}u]=c${i}_${q}[${e}];}`,
        );
  return `struct Sizes{${UNIFORMS.replaceAll(/\w+/g, "$&:u32")},w:array<vec4i,7>}
@group(0)@binding(0)var<storage,read>A:${array(vectors(a))};
@group(0)@binding(1)var<storage,read>B:${array(vectors(b))};
@group(0)@binding(2)var<storage,read_write>C:${array(fours)};
@group(0)@binding(3)var<uniform>P:Sizes;
${bias ? "@group(0)@binding(4)var<storage,read>D:array<f32>;" : ""}
var<private>a0:u32;var<private>b0:u32;
${bk > 0 ? `var<workgroup>S:array<vec4f,${(bk * bm) / 4}>;var<workgroup>T:array<vec4f,${(bk * bn) / 4}>;` : ""}
${block("a", "P.m", "P.ac", "P.ar", a)}${b < Layout.taps ? block("b", "P.n", "P.br", "P.bc", b) : windows(b)}
@compute@workgroup_size(${wx},${wy})fn main(@builtin(workgroup_id)g:vec3u,@builtin(local_invocation_id)l:vec3u,@builtin(local_invocation_index)li:u32){
let z3=g.z%P.n3;let z2=g.z/P.n3%P.n2;let z1=g.z/P.n3/P.n2;
a0=P.ao+z1*P.a1+z2*P.a2+z3*P.a3;b0=P.bo+z1*P.b1+z2*P.b2+z3*P.b3;let c0=g.z*P.m*P.n;
let m0=g.y*${bm}u;let n0=g.x*${bn}u;let m=m0+l.y*${tm}u;
${all((i, q) => `var c${i}_${q}=vec4f();`)}
${inner}
${bias === "columns" ? list(quads, (q) => `let d${q}=${biasOf(q)};`) : ""}${bias ? all(add) : ""}
${all(store)}
}`;
}
