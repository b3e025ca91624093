import{d as p,A as O,y as k,g as T,u as e,k as y,m as C,a as N,b as L,H as A}from"./base-CKRLLfuH.js";async function E(t,l){const r=await fetch("/graphql",{method:"POST",headers:{"Content-Type":"application/json"},body:JSON.stringify({query:t,variables:l})}),n=await r.text();try{return JSON.parse(n)}catch{return{errors:[{message:`The server answered ${r.status}: ${n.slice(0,200)}`}]}}}function I(t,l,r){const n=new URL("/graphql",location.href);n.protocol=n.protocol==="https:"?"wss:":"ws:";const a=new WebSocket(n,"graphql-transport-ws");let c=!1;const i=s=>{c||(c=!0,a.close(),r.end(s))};return a.onopen=()=>a.send('{"type":"connection_init"}'),a.onmessage=({data:s})=>{const o=JSON.parse(s);o.type==="connection_ack"?a.send(JSON.stringify({id:"1",type:"subscribe",payload:{query:t,variables:l}})):o.type==="ping"?a.send('{"type":"pong"}'):o.type==="next"?r.next(o.payload):o.type==="error"?i(o.payload.map(m=>m.message).join(`
`)):o.type==="complete"&&i(null)},a.onclose=s=>i(s.reason===""?"The server ended the subscription.":s.reason),()=>i(null)}const b=[{name:"order of the race",query:`{
  race {
    run
    track
    standings {
      position
      driver
      driverName
      lap
      gapS
      lastLapS
      tyre
    }
  }
}
`},{name:"laps of a driver",query:`{
  race(run: "live") {
    laps(driver: "WOJ", first: 5) {
      edges {
        node {
          lap
          lapTimeS
          avgSpeedKmh
          tyre
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
`},{name:"songs of the last five minutes",query:`{
  topSongs(window: "5m", limit: 10) {
    rank
    previousRank
    title
    artistName
    plays
  }
}
`},{name:"how the pipeline stands",query:`{
  pipeline {
    name
    scenario
    state
    out
    failed
    lagMs {
      p50
      p99
    }
  }
}
`},{name:"start the vehicles",query:`mutation {
  start(options: { scenario: "fleet", vehicles: 3 }) {
    run
    state
  }
}
`},{name:"follow the order",query:`subscription {
  standings {
    position
    driver
    gapS
  }
}
`}],J=/^(type|input|enum|interface|scalar|union)\s+(\w+)/,R=/^(\w+)\s*(\(.*\))?\s*:\s*(.+)$/;function j(t){return t.replace(/"""([\s\S]*?)"""/g,(r,n)=>JSON.stringify(n.replace(/\s+/g," ").trim())).replace(/\(([^()]*)\)/g,(r,n)=>`(${n.replace(/"(?:[^"\\]|\\.)*"\s*/g,"").replace(/\s+/g," ").trim()})`).split(`
`).map(r=>r.trim())}function P(t){const l=[];let r="",n=null;for(const a of j(t)){if(a===""||a.startsWith("#"))continue;if(/^"(?:[^"\\]|\\.)*"$/.test(a)){r=JSON.parse(a);continue}const c=J.exec(a);if(n===null&&c!==null)n={kind:c[1],name:c[2],about:r,fields:[]},l.push(n),a.includes("{")||(n=null);else if(a.startsWith("}"))n=null;else if(n!==null){const i=R.exec(a.replace(/,$/,"")),s=i?.[1]??a;n.fields.push({name:s,args:i?.[2]??"",type:i?.[3]??"",about:r})}r=""}return l}function W(t){return/\w+/.exec(t)?.[0]??""}const G=20;function _({types:t}){const[l,r]=p(""),n=new Set(t.map(s=>s.name)),a=l.trim().toLowerCase(),c=s=>a===""||s.name.toLowerCase().includes(a)||s.fields.some(o=>`${o.name} ${o.about}`.toLowerCase().includes(a)),i=s=>{const o=W(s);return n.has(o)?e("a",{href:`#type-${o}`,children:s}):s};return e("section",{class:"schema","aria-labelledby":"schema-title",children:[e("h2",{id:"schema-title",children:"Schema"}),e("input",{type:"search","aria-label":"Search the schema",placeholder:"Search types and fields",value:l,onInput:s=>r(s.currentTarget.value)}),e("div",{class:"scroll",tabIndex:0,role:"group","aria-labelledby":"schema-title",children:t.filter(c).map(s=>e("section",{id:`type-${s.name}`,children:[e("h3",{children:[e("small",{children:s.kind})," ",s.name]}),s.about!==""&&e("p",{class:"hint",children:s.about}),e("ul",{children:s.fields.map(o=>e("li",{title:o.about,children:e("code",{children:[o.name,e("span",{class:"faint",children:o.args}),o.type!==""&&e(y,{children:[": ",i(o.type)]})]})},o.name))})]},s.name))})]})}function U(t){return/^\s*(#[^\n]*\n\s*)*subscription\b/.test(t)}function K(){const[t,l]=p([]),[r,n]=p(b[0].query),[a,c]=p(""),[i,s]=p([]),[o,m]=p(null),[u,g]=p(!1),d=O(null);k(()=>(T("/graphql/schema").then(h=>l(P(h)),h=>m(h.message)),()=>d.current?.()),[]);const w=async()=>{d.current?.(),m(null);let h;try{h=a.trim()===""?void 0:JSON.parse(a)}catch(f){return m(`Variables: ${f.message}`)}if(g(!0),s([]),U(r)){d.current=I(r,h,{next:f=>s($=>[f,...$].slice(0,G)),end:f=>{d.current=null,g(!1),m(f)}});return}try{s([await E(r,h)])}catch(f){m(`No answer: ${f.message}`)}g(!1)},v=h=>{h.key==="Enter"&&(h.ctrlKey||h.metaKey)&&w()};return e("div",{class:"explorer",children:[e("section",{class:"editor","aria-labelledby":"query-title",children:[e("header",{children:[e("h2",{id:"query-title",children:"Query"}),e("label",{class:"field",children:["Example",e("select",{onChange:h=>n(b[Number(h.currentTarget.value)].query),children:b.map(({name:h},f)=>e("option",{value:f,children:h},h))})]}),d.current!==null&&u?e("button",{type:"button",onClick:()=>d.current?.(),children:"Stop"}):e("button",{type:"button",class:"primary","aria-keyshortcuts":"Control+Enter",disabled:u,onClick:()=>void w(),children:"Run"})]}),e("textarea",{"aria-labelledby":"query-title",spellcheck:!1,value:r,onInput:h=>n(h.currentTarget.value),onKeyDown:v}),e("label",{class:"variables",children:["Variables, as JSON",e("textarea",{rows:3,spellcheck:!1,value:a,placeholder:"{}",onInput:h=>c(h.currentTarget.value),onKeyDown:v})]})]}),e("section",{class:"result","aria-labelledby":"result-title",children:[e("h2",{id:"result-title",children:"Answer"}),o!==null&&e("p",{class:"error",role:"alert",children:o}),e("pre",{class:"answer",tabIndex:0,"aria-labelledby":"result-title",children:i.map(h=>JSON.stringify(h,null,2)).join(`

`)})]}),e(_,{types:t})]})}function M(t){const l=[];for(const[r,n]of Object.entries(t.paths))for(const[a,c]of Object.entries(n)){const i=(c.parameters??[]).map(s=>({name:s.name,in:s.in??"query",required:s.required??!1,description:s.description??""}));for(const[,s]of r.matchAll(/\{(\w+)\}/g))i.some(o=>o.name===s&&o.in==="path")||i.unshift({name:s,in:"path",required:!0,description:""});l.push({method:a.toUpperCase(),path:r,summary:c.summary??"",parameters:i,answers:Object.keys(c.responses?.["200"]?.content??{})[0]??""})}return l}const S=[["Control",t=>/^\/(start|stop|status|session)/.test(t)],["Events from memory",t=>t.startsWith("/telemetry")],["Live",t=>t==="/ws"||t.startsWith("/events")],["Races, vehicles, songs",t=>t.startsWith("/api/")],["GraphQL",t=>t.startsWith("/graphql")],["Service",()=>!0]];function D(t){const l=new Map(S.map(([r])=>[r,[]]));for(const r of t)l.get(S.find(([,n])=>n(r.path))[0]).push(r);return[...l].filter(([,r])=>r.length>0)}function x(t,l){const r=t.path.replace(/\{(\w+)\}/g,(c,i)=>encodeURIComponent(l[i]??"")),n=new URLSearchParams;for(const{name:c,in:i}of t.parameters)i==="query"&&(l[c]??"")!==""&&n.set(c,l[c]);const a=n.toString();return a===""?r:`${r}?${a}`}function Q(t,l,r){const n=t.method==="GET"?"":`-X ${t.method} `,a=t.answers==="text/event-stream"?"-N ":"";return`curl ${n}${a}'${(r+x(t,l)).replaceAll("'","'\\''")}'`}const q=2e5;async function V(t,l){const r=performance.now(),n=await fetch(x(t,l),{method:t.method,signal:AbortSignal.timeout(15e3)}),a=await n.text(),c=n.headers.get("Content-Type")??"";let i=a;if(c.includes("json"))try{i=JSON.stringify(JSON.parse(a),null,2)}catch{}return{status:n.status,type:c,took_ms:performance.now()-r,text:i.slice(0,q),cut:i.length>q}}const H=new Set(["text/event-stream",""]);function F({operation:t}){const[l,r]=p({}),[n,a]=p(null),[c,i]=p(!1),s=H.has(t.answers)&&t.method==="GET",o=t.parameters.every(u=>!u.required||(l[u.name]??"")!==""),m=async()=>{i(!0);try{a(await V(t,l))}catch(u){a(`No answer: ${u.message}`)}i(!1)};return e("article",{class:"operation","aria-labelledby":"operation-title",children:[e("h2",{id:"operation-title",children:[e("span",{class:`method ${t.method.toLowerCase()}`,children:t.method})," ",t.path]}),e("p",{class:"faint",children:[t.summary,"."]}),e("form",{onSubmit:u=>{u.preventDefault(),o&&!s&&m()},children:[t.parameters.length>0&&e("div",{class:"parameters",children:t.parameters.map(u=>e("label",{children:[e("span",{class:"name",children:[u.name,u.required&&e("small",{children:" needed"})]}),e("input",{type:"text",spellcheck:!1,autocomplete:"off",value:l[u.name]??"",onInput:g=>r({...l,[u.name]:g.currentTarget.value})}),e("span",{class:"hint",children:u.description})]},u.name))}),e("div",{class:"ask",children:[s?e("p",{class:"hint",children:"It goes on for as long as it is listened to: try it from a shell."}):e("button",{type:"submit",class:"primary",disabled:!o||c,children:"Send"}),e("code",{class:"curl",children:Q(t,l,location.origin)})]})]}),typeof n=="string"&&e("p",{class:"error",role:"alert",children:n}),n!==null&&typeof n!="string"&&e(y,{children:[e("p",{class:"answer-head",role:"status",children:[e("strong",{class:n.status<400?"good":"alert",children:n.status}),e("span",{class:"faint",children:[n.type," · ",Math.round(n.took_ms)," ms",n.cut?" · the beginning":""]})]}),e("pre",{class:"answer",tabIndex:0,"aria-label":"Answer",children:n.text})]})]})}function X({operations:t}){const l=c=>`${c.method} ${c.path}`,[r,n]=p(()=>{const c=new URLSearchParams(location.search).get("path");return t.find(i=>l(i)===c)??t.find(i=>i.path==="/status")??t[0]}),a=c=>{n(c),history.replaceState(null,"",`${location.pathname}?${new URLSearchParams({path:l(c)})}`)};return e("div",{class:"rest",children:[e("nav",{class:"operations","aria-label":"Paths",children:D(t).map(([c,i])=>e("section",{children:[e("h2",{children:c}),e("ul",{children:i.map(s=>e("li",{children:e("button",{type:"button",class:"link","aria-pressed":s===r,title:s.summary,onClick:()=>a(s),children:[e("span",{class:`method ${s.method.toLowerCase()}`,children:s.method}),s.path]})},l(s)))})]},c))}),e(F,{operation:r},l(r))]})}function B(){const{settings:t,change:l}=N(),[r,n]=p(null),[a,c]=p(""),[i,s]=p(null),[o,m]=p(location.hash==="#graphql"?"graphql":"rest");k(()=>{L("/openapi.json").then(d=>{n(M(d)),c(d.info.version)},d=>s(d.message))},[]);const u=r?.some(d=>d.path==="/graphql")??!1,g=d=>{m(d),history.replaceState(null,"",d==="graphql"?`${location.pathname}#graphql`:location.pathname)};return e(y,{children:[e(A,{page:"API",settings:t,change:l}),e("main",{id:"content",class:"reference",tabIndex:-1,children:[e("div",{class:"reference-head",children:[e("div",{class:"windows",role:"group","aria-label":"Interface",children:[e("button",{type:"button",class:"toggle","aria-pressed":o==="rest",onClick:()=>g("rest"),children:"REST"}),u&&e("button",{type:"button",class:"toggle","aria-pressed":o==="graphql",onClick:()=>g("graphql"),children:"GraphQL"})]}),e("p",{class:"hint",children:["racesim ",a," · ",e("a",{href:"/openapi.json",children:"openapi.json"}),u&&e(y,{children:[" ","· ",e("a",{href:"/graphql/schema",children:"GraphQL schema"})]})]})]}),i!==null&&e("p",{class:"error",role:"alert",children:i}),r===null?i===null&&e("p",{class:"loading",children:"Asking what the server can…"}):o==="graphql"&&u?e(K,{}):e(X,{operations:r})]})]})}C(B);
