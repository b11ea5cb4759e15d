// @ts-nocheck: compiled. Generated from schemas/ by `npm run generate`. Do not edit.
import type { DropReason } from '../types.ts';
import type { Validator } from '../validators.ts';
const compiled: unknown = validate70;
const schema28 = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://ztna.example.com/schemas/drop-reason.schema.json","title":"DropReason","description":"Why a component of the data plane dropped a datagram, refused a registration or a client, or cut a flow: in metrics, logs, and in what an agent is answered.","type":"string","enum":["message-cut-short","message-not-text","message-unknown","packet-malformed","packet-checksum","packet-options","packet-fragment","packet-source","packet-protocol","packet-expired","packet-too-large","no-enforcement","lease-over","service-unknown","not-registered","destination","protocol","port","not-authorized","not-now","source-address","device-managed","device-os","device-disk-encrypted","device-other","certificate-limit","revoked","ca-not-accepted","certificate-expired","certificate-unusable","certificate-missing","not-connector","no-connector","no-flow","ambiguous-flow","flow-limit","client-rate","address-rate","client-limit","registration-limit","handshake-limit","queue-full","no-inner-address","backend-unreachable","memory-limit","draining"]};

function validate70(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
/*# sourceURL="https://ztna.example.com/schemas/drop-reason.schema.json" */;
let vErrors = null;
let errors = 0;
const evaluated0 = validate70.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(typeof data !== "string"){
const err0 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(!((((((((((((((((((((((((((((((((((((((((((((((data === "message-cut-short") || (data === "message-not-text")) || (data === "message-unknown")) || (data === "packet-malformed")) || (data === "packet-checksum")) || (data === "packet-options")) || (data === "packet-fragment")) || (data === "packet-source")) || (data === "packet-protocol")) || (data === "packet-expired")) || (data === "packet-too-large")) || (data === "no-enforcement")) || (data === "lease-over")) || (data === "service-unknown")) || (data === "not-registered")) || (data === "destination")) || (data === "protocol")) || (data === "port")) || (data === "not-authorized")) || (data === "not-now")) || (data === "source-address")) || (data === "device-managed")) || (data === "device-os")) || (data === "device-disk-encrypted")) || (data === "device-other")) || (data === "certificate-limit")) || (data === "revoked")) || (data === "ca-not-accepted")) || (data === "certificate-expired")) || (data === "certificate-unusable")) || (data === "certificate-missing")) || (data === "not-connector")) || (data === "no-connector")) || (data === "no-flow")) || (data === "ambiguous-flow")) || (data === "flow-limit")) || (data === "client-rate")) || (data === "address-rate")) || (data === "client-limit")) || (data === "registration-limit")) || (data === "handshake-limit")) || (data === "queue-full")) || (data === "no-inner-address")) || (data === "backend-unreachable")) || (data === "memory-limit")) || (data === "draining"))){
const err1 = {instancePath,schemaPath:"#/enum",keyword:"enum",params:{allowedValues: schema28.enum}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
validate70.errors = vErrors;
return errors === 0;
}
validate70.evaluated = {"dynamicProps":false,"dynamicItems":false};

export const validateDropReason = compiled as Validator<DropReason>;
